import { describeRef } from '../../analyze/object-name.ts';
import type { Cause, Following, Investigation, Quoted } from '../../runner/diagnose/investigation.ts';
import { explanationLines } from '../analyze/explain/explanation-text.ts';
import { paintSeverity } from '../analyze/finding-text.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import type { Style } from '../terminal/style.ts';
import { type Diagnosis, healthText, lastLines, shownEvidence, withoutModelText } from './diagnosis.ts';

const mostEvents = 6;
const mostGaps = 20;
const mostAlike = 3;

/** The diagnosis for people: how the object does, each cause with what it brings, what was seen, and what was not. */
export function diagnosisText(diagnosis: Diagnosis, style: Style, columns: number | undefined): string {
  const { investigation, explanation, logLines } = diagnosis;
  const { causes, around, changes, events, logs, notChecked } = investigation;
  const asked = describeRef(investigation.object);
  const isWell = investigation.health === 'healthy' && causes.length === 0;
  const sections: readonly (readonly string[])[] = [
    headLines(investigation, style),
    ...causes.map((cause) => causeLines(cause, asked, style)),
    section(
      'beside it',
      around.map(
        ({ severity, object, id, text }) =>
          `${paintSeverity(severity, style)}  ${cleanLine(`${describeRef(object)}  ${id}: ${text}`)}`,
      ),
      style,
    ),
    ...(isWell ? [] : changes.map(({ ref, text }) => section(ref, text.split('\n').map(cleanLine), style))),
    ...(isWell ? [] : events.map(({ ref, text }) => section(ref, eventLines(text, causes), style))),
    ...(logLines === 0 ? [] : logs.map((log) => logSection(log, logLines, style))),
    section('not checked', shortened(notChecked.map(cleanLine), mostGaps), style),
    explanation === undefined
      ? []
      : explanation.model === undefined
        ? [style.dim(cleanLine(withoutModelText(explanation)))]
        : explanationLines(explanation, style, columns).map((line) => line.replace(/^ {2}/, '')),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

function headLines(investigation: Investigation, style: Style): readonly string[] {
  const { object, owners, health } = investigation;
  const text = healthText(investigation);
  const painted =
    health === 'healthy' ? style.green(text) : health === 'broken' ? style.red(text) : style.yellow(text);
  return [
    `${style.bold(cleanLine(describeRef(object)))} ${painted}`,
    ...(owners.length === 0
      ? []
      : [
          style.dim(
            cleanLine(
              `  belongs to ${owners.map((owner) => describeRef(owner)).join(', which belongs to ')}`,
            ),
          ),
        ]),
  ];
}

function causeLines(cause: Cause, asked: string, style: Style): readonly string[] {
  const { object, parent, severity, reason, finding, confidence, alike, follows } = cause;
  const owner = parent === undefined ? '' : style.dim(` (${cleanLine(parent)})`);
  const { text, fieldPath, evidence, fix, commands = [] } = finding;
  const others = alike.length - mostAlike;
  const same = alike.slice(0, mostAlike).map((each) => describeRef(each));
  return [
    `${paintSeverity(severity, style)}  ${style.bold(cleanLine(describeRef(object)))}${owner}  ${cleanLine(reason)}`,
    `  ${cleanLine(text)}`,
    ...(fieldPath === undefined
      ? []
      : [`  ${style.dim(cleanLine(`at ${fieldPath} of ${describeRef(finding.object)}`))}`]),
    ...shownEvidence(evidence).map((each) => `  ${style.dim(cleanLine(`${each.source}: ${each.text}`))}`),
    `  ${style.dim(`${confidence.level}: ${confidence.why}`)}`,
    ...(same.length === 0
      ? []
      : [`  the same: ${cleanLine(same.join(', '))}${others > 0 ? ` and ${others} more` : ''}`]),
    ...treeLines(follows, '  ', asked, style),
    `  ${style.bold('fix:')} ${cleanLine(fix)}`,
    ...commands.map((command) => `    ${style.cyan(cleanLine(command))}`),
  ];
}

function treeLines(
  follows: readonly Following[],
  indent: string,
  asked: string,
  style: Style,
): readonly string[] {
  const [branch, end, beside, below] = style.hasUnicode
    ? ['├─ ', '└─ ', '│  ', '   ']
    : ['|- ', '`- ', '|  ', '   '];
  return follows.flatMap((each, index) => {
    const isLast = index === follows.length - 1;
    const name = describeRef(each.object);
    const more = each.others === 0 ? '' : ` and ${each.others} more`;
    const own = name === asked ? style.bold(cleanLine(name)) : cleanLine(name);
    return [
      `${indent}${style.dim(isLast ? end : branch)}${own}${more}  ${cleanLine(`${each.id}: ${each.text}`)}`,
      ...treeLines(each.follows, `${indent}${style.dim(isLast ? below : beside)}`, asked, style),
    ];
  });
}

/** Warnings that no evidence holds, newest first; all events where nothing warns. */
function eventLines(text: string, causes: readonly Cause[]): readonly string[] {
  const all = text.split('\n');
  const said = causes.flatMap(({ finding }) => finding.evidence.map((each) => each.text));
  const warnings = all.filter((line) => /^\S+ Warning /.test(line));
  const shown = warnings.filter((line) => !said.some((each) => line.endsWith(`: ${each}`)));
  return shortened((warnings.length === 0 ? all : shown).map(cleanLine), mostEvents);
}

function logSection({ ref, text }: Quoted, count: number, style: Style): readonly string[] {
  return section(`last lines of the ${ref}`, lastLines(text, count).map(cleanLine), style);
}

function section(title: string, lines: readonly string[], style: Style): readonly string[] {
  return lines.length === 0 ? [] : [style.bold(cleanLine(title)), ...lines.map((line) => `  ${line}`)];
}

function shortened(lines: readonly string[], most: number): readonly string[] {
  const more = lines.length - most;
  return more > 0 ? [...lines.slice(0, most), `and ${more} more`] : lines;
}
