import type { CommandContext } from '../command-context.ts';
import { withoutCommands } from '../render/github-annotation.ts';
import { objectText } from '../render/object-output.ts';
import { describeRef } from '../../analyze/object-name.ts';
import { markdownText } from '../../gate/export/markdown-text.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import type { Asked, Candidate } from './ask-which.ts';
import { lastLines, type Diagnosis } from './diagnosis.ts';
import { diagnosisMarkdown } from './diagnosis-markdown.ts';
import { diagnosisText } from './diagnosis-text.ts';

export type OutputFormat = 'text' | 'json' | 'yaml' | 'markdown';

export async function printDiagnosis(
  diagnosis: Diagnosis,
  output: OutputFormat,
  { io, out }: CommandContext,
): Promise<void> {
  switch (output) {
    case 'text':
      io.stdout.write(withoutCommands(diagnosisText(diagnosis, out, io.stdout.size()?.columns), io));
      return;
    case 'markdown':
      io.stdout.write(diagnosisMarkdown(diagnosis));
      return;
    case 'json':
    case 'yaml':
      io.stdout.write(await objectText(diagnosisJson(diagnosis), output));
  }
}

/** For machines. Without what differs from one call to the next: the same state prints the same bytes. */
function diagnosisJson({ investigation, explanation, logLines }: Diagnosis): object {
  const logs = investigation.logs.map(({ ref, text }) => ({ ref, lines: lastLines(text, logLines) }));
  if (explanation === undefined) return { ...investigation, logs };
  const { text, model, whyNot } = explanation;
  const by = model === undefined ? { by: 'rules', whyNot } : { by: 'model', ...model, text };
  return { ...investigation, logs, explanation: by };
}

/** The question and what may have been meant. */
export async function printAsked(
  asked: Asked,
  output: OutputFormat,
  { io, out }: CommandContext,
): Promise<void> {
  const { question, candidates, unchecked } = asked;
  const gaps = unchecked === 0 ? [] : [`${unchecked} not checked: sluice analyze says what`];
  if (output === 'json' || output === 'yaml') {
    io.stdout.write(await objectText(asked, output));
  } else if (output === 'markdown') {
    const lines = [
      question,
      ...candidates.map((each) => `- ${candidateText(each)}: ${each.command}`),
      ...gaps,
    ];
    io.stdout.write(`${lines.map(markdownText).join('\n')}\n`);
  } else {
    const lines = candidates.flatMap((each) => [
      `  ${cleanLine(candidateText(each))}`,
      `    ${out.cyan(cleanLine(each.command))}`,
    ]);
    const text = [out.bold(cleanLine(question)), ...lines, ...gaps].join('\n');
    io.stdout.write(withoutCommands(`${text}\n`, io));
  }
}

function candidateText({ object, problem }: Candidate): string {
  const wrong = problem === undefined ? '' : `  ${problem.severity}  ${problem.id}: ${problem.text}`;
  return `${describeRef(object)}${wrong}`;
}
