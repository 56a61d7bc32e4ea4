import { describeRef } from '../../analyze/object-name.ts';
import { markdownText } from '../../gate/export/markdown-text.ts';
import type { Cause, Following } from '../../runner/diagnose/investigation.ts';
import { explanationMarkdown, headOf } from '../analyze/explain/explanation-text.ts';
import { fittedLines } from '../reports/report-markdown.ts';
import { type Diagnosis, healthText, lastLines, shownEvidence, withoutModelText } from './diagnosis.ts';

/** GitHub takes so many characters in a comment. */
const largestComment = 65_536;
const mostLines = 20;

/** The diagnosis as a comment, such as on an issue. */
export function diagnosisMarkdown({ investigation, explanation, logLines }: Diagnosis): string {
  const { object, owners, causes, around, changes, events, logs, notChecked } = investigation;
  const lines = [
    `### ${markdownText(describeRef(object))} ${healthText(investigation)}`,
    ...(owners.length === 0
      ? []
      : [
          '',
          `It belongs to ${owners.map((owner) => markdownText(describeRef(owner))).join(', which belongs to ')}.`,
        ]),
    ...causes.flatMap(causeLines),
    ...listed(
      'Beside it',
      around.map(
        ({ severity, object: other, id, text }) => `${severity}: ${describeRef(other)} ${id}: ${text}`,
      ),
    ),
    ...changes.flatMap(({ ref, text }) => listed(`Changes: ${ref}`, text.split('\n'))),
    ...events.flatMap(({ ref, text }) => listed(ref, text.split('\n'))),
    ...(logLines === 0
      ? []
      : logs.flatMap(({ ref, text }) => listed(`Last lines of the ${ref}`, lastLines(text, logLines)))),
    ...listed('Not checked', notChecked),
    ...(explanation === undefined
      ? []
      : explanation.model === undefined
        ? ['', markdownText(withoutModelText(explanation))]
        : ['', `**${markdownText(headOf(explanation))}**`, '', ...explanationMarkdown(explanation)]),
  ];
  return fittedLines(lines, largestComment);
}

function causeLines({
  object,
  severity,
  reason,
  finding,
  confidence,
  alike,
  follows,
}: Cause): readonly string[] {
  const { text, fieldPath, evidence, fix, commands = [] } = finding;
  const more = alike.length === 0 ? '' : ` and ${alike.length} more`;
  return [
    '',
    `**${severity}: ${markdownText(`${describeRef(object)}${more}`)}: ${markdownText(reason)}**`,
    '',
    `${markdownText(text)}${fieldPath === undefined ? '' : ` (${markdownText(fieldPath)})`}`,
    '',
    ...shownEvidence(evidence).map((each) => `- ${markdownText(`${each.source}: ${each.text}`)}`),
    `- ${confidence.level}: ${confidence.why}`,
    `- fix: ${markdownText(fix)}`,
    ...commands.map((command) => `- run: ${markdownText(command)}`),
    ...treeLines(follows, ''),
  ];
}

function treeLines(follows: readonly Following[], indent: string): readonly string[] {
  return follows.flatMap((each) => [
    `${indent}- ↳ ${markdownText(`${describeRef(each.object)}${each.others === 0 ? '' : ` and ${each.others} more`} ${each.id}: ${each.text}`)}`,
    ...treeLines(each.follows, `${indent}  `),
  ]);
}

function listed(title: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  const more = lines.length - mostLines;
  return [
    '',
    `**${markdownText(title)}**`,
    '',
    ...lines.slice(0, mostLines).map((line) => `- ${markdownText(line)}`),
    ...(more > 0 ? [`- and ${more} more`] : []),
  ];
}
