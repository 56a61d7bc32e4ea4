const longest = 200;

/** Forms in which keys are known to be quoted back. */
const keyLike = [
  /\b(?:sk|pk|rk|gsk|xai|key|api)[-_][\w*.-]{6,}/gi,
  /\bBearer\s+\S+/gi,
  /\b[A-Za-z0-9_-]*\*{3,}[A-Za-z0-9_-]*/g,
  /\b[A-Fa-f0-9]{32,}\b/g,
  /\beyJ[\w-]+\.[\w.-]*/g,
];

/**
 * What a server said, fit for a message of ours: one line, short, without control characters and without anything that
 * looks like a key. `secrets` are removed wherever they stand.
 */
export function providerText(said: string, secrets: readonly string[]): string {
  let text = said.slice(0, 4000);
  for (const secret of secrets) if (secret !== '') text = text.replaceAll(secret, '***');
  for (const form of keyLike) text = text.replaceAll(form, '***');
  const line = text
    .replaceAll(/[\p{C}\s]+/gu, ' ')
    .replaceAll(/<[^>]{0,200}>/g, '')
    .trim();
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}
