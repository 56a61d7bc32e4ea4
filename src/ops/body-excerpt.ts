/** The beginning of an answer, to follow a message; "" for an empty one. */
export function excerptOf(body: string): string {
  const text = body.replaceAll(/\s+/g, ' ').trim().slice(0, 200);
  return text === '' ? '' : `: ${text}`;
}
