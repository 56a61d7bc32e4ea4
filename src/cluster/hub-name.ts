/** Whether a name means the default cluster: KubeVela's step types call it `local`. */
export function isHub(name: string): boolean {
  return name === '' || name === 'local';
}
