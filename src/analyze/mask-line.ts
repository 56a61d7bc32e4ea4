import { isSecretName, isSecretShape } from './secret-name.ts';

/**
 * A line of a log without what shows by its name or its shape that it is a secret: values of `password=…` and
 * `"apiKey": "…"`, passwords in URLs, what follows Bearer or Basic, vendors' tokens. Secrets that nothing gives away stay.
 */
export function maskLine(line: string): string {
  return line
    .replace(urlPassword, '$1***@')
    .replace(credentials, '$1 ***')
    .replace(assignment, (whole: string, name: string, sign: string) =>
      isSecretName(name) ? `${name}${sign}***` : whole,
    )
    .replace(word, (text) => (isSecretShape(text) ? '***' : text));
}

const urlPassword = /(\b[a-z][a-z0-9+.-]{1,30}:\/\/[^\s/:@]{0,100}:)[^\s/@]{1,200}@/gi;
const credentials = /\b(Bearer|Basic)\s+[\w.~+/=-]{6,4000}/g;
/** The name, an optional quote and the sign, then a quoted value or one word. */
const assignment =
  /\b([A-Za-z][\w.-]{0,60})(["']?\s{0,3}[=:]\s{0,3})(?:"[^"]{1,4000}"|'[^']{1,4000}'|[^\s,;"'&]{1,4000})/g;
const word = /[\w-]{16,4000}(?:\.[\w-]{1,4000}){0,4}/g;
