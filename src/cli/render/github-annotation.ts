import type { Fault } from '../../api/fault.ts';
import type { CliIo } from '../io.ts';
import { reportedPath } from '../reports/reported-path.ts';
import { faultMessage } from './fault-text.ts';

type AnnotationLevel = 'error' | 'warning' | 'notice';

interface AnnotationOptions {
  /** `file` as the user named it. */
  readonly place?: { readonly file: string; readonly line: number; readonly column: number };
  readonly title?: string;
}

/** Says things at lines of a pull request; silent where there is none. */
export interface Annotations {
  say(level: AnnotationLevel, message: string, options?: AnnotationOptions): void;
}

type AnnotationIo = Pick<CliIo, 'cwd' | 'env' | 'stderr'>;

/** GitHub shows ten of each level for one step of a job, and drops the others. */
const mostOfLevel = 10;
const longestMessage = 4000;

/** Annotations of one call of the command line: workflow commands on standard error, in GitHub Actions only. */
export function openAnnotations(io: AnnotationIo): Annotations {
  const said: Record<AnnotationLevel, number> = { error: 0, warning: 0, notice: 0 };
  return {
    say(level, message, options = {}) {
      if (!isGithub(io) || said[level] >= mostOfLevel) return;
      said[level] += 1;
      io.stderr.write(`${annotation(level, message, options, io)}\n`);
    },
  };
}

/** A workflow command of GitHub Actions, which shows the message at the line of a pull request. */
function annotation(
  level: AnnotationLevel,
  message: string,
  { place, title }: AnnotationOptions,
  io: AnnotationIo,
): string {
  const properties = {
    ...(place === undefined
      ? {}
      : { file: reportedPath(place.file, io), line: place.line, col: place.column }),
    ...(title === undefined ? {} : { title }),
  };
  const list = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(String(value))}`);
  const short = message.length > longestMessage ? `${message.slice(0, longestMessage)}…` : message;
  return `::${level}${list.length === 0 ? '' : ` ${list.join(',')}`}::${escapeData(short)}`;
}

export function annotateFaults(faults: readonly Fault[], annotations: Annotations): void {
  for (const fault of faults) {
    const { path, code, severity } = fault;
    const lead = path === '' ? '' : `${path}: `;
    annotations.say(severity, `${lead}${faultMessage(fault)}`, { place: fault, title: code });
  }
}

/** Text of others on its way to a log that GitHub Actions reads: it cannot give the runner commands. */
export function withoutCommands(text: string, io: Pick<CliIo, 'env'>): string {
  if (!isGithub(io)) return text;
  return text.replaceAll(/^(\s*):(?=:)/gm, '$1:\u200B').replaceAll('##[', '#\u200B#[');
}

function isGithub({ env }: Pick<CliIo, 'env'>): boolean {
  return env['GITHUB_ACTIONS'] === 'true';
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
