import { maskSecrets } from '../../analyze/secrets/mask-secrets.ts';
import type { Fault } from '../../api/fault.ts';
import { formatPlace } from '../../api/place.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import { displayWidth } from '../terminal/display-width.ts';
import type { Style } from '../terminal/style.ts';

/** Text of each file by the name that faults give it. */
export type FileTexts = ReadonlyMap<string, string>;

/** `file:line:column: error CODE path: message (did you mean X?)`, then the line of the file and a caret below the place. */
export function faultText(fault: Fault, files: FileTexts, style: Style): string {
  const level = fault.severity === 'error' ? style.red('error') : style.yellow('warning');
  const path = fault.path === '' ? '' : ` ${fault.path}`;
  const head = `${style.bold(formatPlace(fault))}: ${level} ${fault.code}${path}: ${faultMessage(fault)}`;
  return [head, ...sourceLines(fault, files, style)].map((line) => `${line}\n`).join('');
}

/** What is wrong, and what was probably meant, in one line. */
export function faultMessage({ message, suggestion }: Fault): string {
  // Only what is quoted is of the file: our own words about a token hide none.
  const said = message.replaceAll(/"(?:[^"\\]|\\.){8,}"/g, (quoted) => maskSecrets(quoted));
  return cleanLine(said) + (suggestion === undefined ? '' : ` (${suggestionText(cleanLine(suggestion))})`);
}

/** `1 error, 2 warnings`; empty when there is neither. */
export function faultCount(faults: readonly Fault[]): string {
  const errors = faults.filter(({ severity }) => severity === 'error').length;
  return [counted(errors, 'error'), counted(faults.length - errors, 'warning')]
    .filter((part) => part !== '')
    .join(', ');
}

export function counted(count: number, noun: string): string {
  return count === 0 ? '' : `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** A suggestion is a name, or advice in words. */
function suggestionText(suggestion: string): string {
  return /^\S+$/.test(suggestion) ? `did you mean ${suggestion}?` : suggestion;
}

const longestLine = 160;

function sourceLines(fault: Fault, files: FileTexts, style: Style): readonly string[] {
  const source = files.get(fault.file)?.split(/\r?\n/, fault.line)[fault.line - 1];
  if (source === undefined || source.trim() === '' || fault.column > source.length + 1) return [];
  // Bytes that are no text show nothing.
  if (source.includes('\uFFFD')) return [];
  // A long line is cut so that the place stays in sight.
  const start = fault.column > longestLine - 40 ? fault.column - 40 : 0;
  const shown = visible(source.slice(start, start + longestLine));
  const before = displayWidth(visible(source.slice(start, fault.column - 1)));
  const number = String(fault.line).padStart(5);
  return [
    `${style.dim(`${number} |`)} ${shown}`,
    `${style.dim('      |')} ${' '.repeat(before)}${style.red('^')}`,
  ];
}

/** Column by column: a tab or a control character becomes one blank, so that the caret stands under its place. */
function visible(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');
}
