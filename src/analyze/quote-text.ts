import { maskSecrets } from './secrets/mask-secrets.ts';

/**
 * Text from outside (event messages, names, images) on one line: control characters become spaces, so that it can neither
 * forge a line of an answer nor steer a terminal, what shows itself as a secret becomes `***`, and what is over `limit`
 * characters is cut with a visible notice.
 */
export function quoteText(text: string, limit: number = 500): string {
  const slice = text.length > limit * 4 ? text.slice(0, limit * 4) : text;
  const shown = shortName.test(slice) ? slice : maskSecrets(slice);
  // \p{Cc} controls, \p{Cf} such as direction overrides, \p{Zl}\p{Zp} line and paragraph separators.
  const line = shown
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  if (line.length <= limit && slice.length === text.length) return line;
  return `${line.slice(0, limit).trimEnd()}… (cut, ${text.length} characters)`;
}

/** Nothing that shows itself as a secret is as short without a sign. */
const shortName = /^[\w./-]{0,13}$/;
