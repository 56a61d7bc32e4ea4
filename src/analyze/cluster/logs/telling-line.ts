import { logLevelOf } from './log-level.ts';

export interface TellingLine {
  readonly line: string;
  readonly weight: 'fatal' | 'error' | 'word';
  /** Lines of the log that tell of a failure. */
  readonly count: number;
}

/** The line of a log that says best what went wrong; undefined where none tells of a failure. */
export function tellingLine(log: string): TellingLine | undefined {
  const lines = log.split(/\r?\n/).map((line) => line.slice(0, longestLine).replace(colours, ''));
  const weights = lines.map((line) => weightOf(line));
  const weight = (['fatal', 'error', 'word'] as const).find((each) => weights.includes(each));
  if (weight === undefined) return undefined;
  const count = weights.filter((each) => each !== undefined).length;
  return { line: causeIn(lines, firstOfLast(weights, weight)).trim(), weight, count };
}

const longestLine = 4000;
// oxlint-disable-next-line no-control-regex -- what terminals take for colours
const colours = /\u001b\[[\d;]*m/g;
/** One failure is often told by several lines, one soon after the other; the first of them says most. */
const together = 10;

function firstOfLast(weights: readonly (TellingLine['weight'] | undefined)[], wanted: string): number {
  let at = weights.lastIndexOf(wanted as TellingLine['weight']);
  for (let index = at - 1; index >= 0 && at - index <= together; index -= 1)
    if (weights[index] === wanted) at = index;
  return at;
}

function weightOf(line: string): TellingLine['weight'] | undefined {
  if (crash.test(line)) return 'fatal';
  const level = logLevelOf(line);
  if (level !== undefined) return level === 'lower' ? undefined : level;
  if (thrown.test(line)) return 'error';
  return failureWord.test(line.replace(harmless, ' ')) ? 'word' : undefined;
}

/** How the runtimes of languages begin what they say last. */
const crash =
  /^(?:panic: |fatal error: |Fatal Python error|Traceback \(most recent call last\)|Unhandled exception|Uncaught |terminate called after throwing|Segmentation fault|thread '[^']*' (?:\(\d+\) )?panicked at|Exception in thread |\*\* \(\w+Error\)|#\s*A fatal error has been detected)|java\.lang\.OutOfMemoryError|JavaScript heap out of memory/;

/** `ValueError: …`, `java.io.IOException: …` at the beginning of a line. */
const thrown =
  /^(?:Caused by: )?(?:[A-Za-z_$][\w$]*\.)*(?:[A-Z]\w*)?(?:Error|Exception|Fault)(?: \[\w+\])?:(?:\s|$)/;

const failureWord =
  /\b(?:error|errors|exception|exceptions|fail|fails|failed|failure|failures|fatal|panic)\b/i;

/** Words of failure in lines that tell of none: counts of zero, names of files, fields, pages and options. */
const harmless =
  /\b(?:no|zero|0|without(?: any)?|0 of \d+) (?:\w+ )?(?:errors?|exceptions?|failures?|failed|fails)\b|\b(?:errors?|exceptions?|failures?|failed|fails?|fatal|err)["']?\s*[=:]\s*["']?(?:0+(?:\.0+)?%?|null|nil|none|false|no|<nil>|undefined|\[\]|\{\}|""|'')(?![\w.])|[\w./-]*[./_-](?:error|errors|exception|failure|failures|failed)\b[\w./-]*|\b(?:error|errors|exception|failure|fail)[_./-][\w./-]+|\b(?:error|exception|failure) (?:rate|handler|handling|budget|page|pages|log|threshold|reporting|code 0)\b/gi;

/** Of a stack trace the line that names the cause: the last "Caused by", and what Python says after its frames. */
function causeIn(lines: readonly string[], at: number): string {
  const head = lines[at] ?? '';
  const isPython = head.startsWith('Traceback (most recent call last)');
  const rest = lines.slice(at + 1, at + 200);
  if (isPython) return rest.find((line) => line !== '' && !/^\s/.test(line)) ?? head;
  const end = rest.findIndex((line) => !/^\s|^Caused by: |^$/.test(line));
  const trace = end < 0 ? rest : rest.slice(0, end);
  return trace.findLast((line) => line.startsWith('Caused by: ')) ?? head;
}
