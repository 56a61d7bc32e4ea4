/** `web-*` fits what begins with `web-`. */
export function fitsName(name: string, wanted: string): boolean {
  return wanted.endsWith('*') ? name.startsWith(wanted.slice(0, -1)) : name === wanted;
}
