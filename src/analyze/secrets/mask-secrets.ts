import { SecretNames } from './secret-names.ts';
import { secretsIn } from './secrets-in.ts';
import { isSecretKind, mergeSpans, type Span } from './span.ts';

/** Encoded text is decoded and looked at so many times over. */
const deepest = 2;

/** Remembers a bounded number of words: texts of one cluster repeat them. */
const names = new SecretNames();

/**
 * A text with `***` for what shows by its name, its shape or its place that it is a secret: passwords in URLs, values of
 * `password=…` and `"apiKey": "…"`, vendors' tokens, private keys, all of it in base64, too. Secrets that nothing gives away
 * stay, and so do addresses and names: this is for texts that stay with the user.
 */
export function maskSecrets(text: string): string {
  return withoutSecrets(text, () => '***');
}

/** The same with a `*` for each character, so that every line and column stays where it was. */
export function coverSecrets(text: string): string {
  return withoutSecrets(text, (secret) => secret.replaceAll(/[^\r\n]/g, '*'));
}

function withoutSecrets(text: string, cover: (secret: string) => string): string {
  const parts: string[] = [];
  let copied = 0;
  for (const { start, end } of mergeSpans(secretSpans(text, 0))) {
    parts.push(text.slice(copied, start), cover(text.slice(start, end)));
    copied = end;
  }
  return parts.length === 0 ? text : parts.join('') + text.slice(copied);
}

function secretSpans(text: string, depth: number): readonly Span[] {
  const { spans } = secretsIn(text, {
    names,
    isTelling: (decoded) => depth < deepest && secretSpans(decoded, depth + 1).length > 0,
  });
  return spans.filter(({ kind }) => isSecretKind(kind));
}
