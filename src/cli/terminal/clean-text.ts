import { stripVTControlCharacters } from 'node:util';

// Control characters but tab and line feed, and the marks that turn the direction of text around.
// oxlint-disable-next-line no-control-regex
const unwanted = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/g;

/** Text from outside (a model's answer, a server's message) that cannot move the cursor, set a colour or hide itself. */
export function cleanText(text: string): string {
  return stripVTControlCharacters(text.replaceAll('\r\n', '\n'))
    .replaceAll('\t', '    ')
    .replace(unwanted, '');
}

/** The same on one line. */
export function cleanLine(text: string): string {
  return cleanText(text)
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim();
}
