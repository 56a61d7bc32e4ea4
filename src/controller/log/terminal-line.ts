import { stripVTControlCharacters } from 'node:util';
import type { LogLevel } from './controller-log.ts';
import type { LogValue } from './log-fields.ts';

/** `12:00:01.250 INFO  run finished  run=default/demo phase=succeeded`: one line for a person. */
export function terminalLine(
  atMs: number,
  level: LogLevel,
  event: string,
  fields: Readonly<Record<string, LogValue>>,
): string {
  const time = new Date(atMs).toISOString().slice(11, 23);
  const pairs = Object.entries(fields).map(([name, value]) => `${name}=${shown(value)}`);
  const words = [`${time} ${level.toUpperCase().padEnd(5)} ${clean(event)}`, pairs.join(' ')];
  return `${words.filter((word) => word !== '').join('  ')}\n`;
}

/** Quoted where a reader could not tell where it ends. */
function shown(value: LogValue): string {
  const text = clean(String(value));
  return text === '' || /[\s"=]/.test(text) ? JSON.stringify(text) : text;
}

// Control characters, and the marks that turn the direction of text around.
// oxlint-disable-next-line no-control-regex
const unwanted = /[\u0000-\u001F\u007F-\u009F\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/g;

/** Text from outside cannot move the cursor, set a colour, or begin a line of its own. */
function clean(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/\s*[\r\n]+\s*/g, ' ')
    .replaceAll(unwanted, '');
}
