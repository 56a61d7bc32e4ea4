import { stripVTControlCharacters } from 'node:util';

/** Control characters but tab and line feed, and what turns the direction of text around, hides it, or hides in it. */
const unwanted = /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Text from outside (a model's answer, a server's message) that cannot move the cursor, set a colour or hide itself. */
export function cleanText(text: string): string {
  return stripVTControlCharacters(text.toWellFormed().replaceAll('\r\n', '\n'))
    .replaceAll('\t', '    ')
    .replace(unwanted, '');
}

/** The same on one line. */
export function cleanLine(text: string): string {
  return cleanText(text)
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim();
}

/** One line with what `cleanLine` leaves out written as escapes: for what someone decides on, where nothing may hide. */
export function visibleLine(line: string): string {
  return line
    .toWellFormed()
    .replace(unwanted, (sign) => `\\u{${sign.codePointAt(0)?.toString(16) ?? ''}}`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\t', '    ');
}
