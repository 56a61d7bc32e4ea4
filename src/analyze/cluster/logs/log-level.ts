export type LogLevel = 'fatal' | 'error' | 'lower';

/** The level that a line of a log gives itself; undefined where it gives none. */
export function logLevelOf(line: string): LogLevel | undefined {
  const word = levelPatterns.map((pattern) => pattern.exec(line)?.[1]).find((each) => each !== undefined);
  if (word === undefined) return undefined;
  const number = Number(word);
  if (!Number.isNaN(number)) return number >= 60 ? 'fatal' : number >= 50 ? 'error' : 'lower';
  const level = word.toUpperCase();
  if (fatalWords.has(level)) return 'fatal';
  return errorWords.has(level) ? 'error' : 'lower';
}

const fatalWords: ReadonlySet<string> = new Set([
  'FATAL',
  'F',
  'PANIC',
  'DPANIC',
  'CRITICAL',
  'CRIT',
  'ALERT',
  'EMERG',
  'EMERGENCY',
]);
const errorWords: ReadonlySet<string> = new Set(['ERROR', 'ERR', 'E', 'SEVERE']);
const words =
  'FATAL|PANIC|DPANIC|CRITICAL|CRIT|ALERT|EMERG|EMERGENCY|ERROR|ERR|SEVERE|WARNING|WARN|NOTICE|INFO|DEBUG|TRACE|LOG|HINT|DETAIL|STATEMENT';

const levelPatterns: readonly RegExp[] = [
  // Documents: {"level":"error"}, {"severity":"ERROR"}, and numbers as pino writes them.
  /"(?:level|lvl|severity|loglevel|log\.level|@l)"\s*:\s*"?([A-Za-z]+|\d{2})\b/i,
  // level=error
  /(?:^|\s)(?:level|lvl|severity|loglevel)=["']?([A-Za-z]+)/i,
  // klog: E1121 18:30:00.000000
  /^([IWEF])\d{4} \d\d:\d\d:\d\d/,
  // [ERROR], <error>, also after a time
  new RegExp(`^[^\\[<]{0,60}[\\[<]\\s*(${words})\\s*[\\]>]`, 'i'),
  // 2026-11-21 18:30:00 ERROR …, ERROR: …, of which lower case is a word of a sentence
  new RegExp(
    `^(?:[\\d\\[(][^A-Za-z]{0,4}[\\dTZ:.,+\\-/ )\\]|]{6,40}\\s*(?:\\[[^\\]]{0,40}\\]\\s*)?)?(${words})\\b[\\s:|\\]]`,
  ),
];
