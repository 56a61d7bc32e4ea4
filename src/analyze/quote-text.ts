/**
 * Text from outside (event messages, names, images) on one line: control characters become spaces, so that it can neither
 * forge a line of an answer nor steer a terminal, and what is over `limit` characters is cut with a visible notice.
 */
export function quoteText(text: string, limit: number = 500): string {
  if (text.length <= limit && plainWords.test(text)) return text;
  const slice = text.length > limit * 4 ? text.slice(0, limit * 4) : text;
  // \p{Cc} controls, \p{Cf} such as direction overrides, \p{Zl}\p{Zp} line and paragraph separators.
  const line = slice.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  if (line.length <= limit && slice.length === text.length) return line;
  return `${line.slice(0, limit).trimEnd()}… (cut, ${text.length} characters)`;
}

/** What most names and messages are, told in a fraction of the time that the classes of Unicode take. */
const plainWords = /^[!-~]+(?: [!-~]+)*$/;
