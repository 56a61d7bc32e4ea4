import { markdownText } from '../../gate/export/markdown-text.ts';
import type { StepType } from '../../step-types/step-type.ts';
import { objectText } from './object-output.ts';
import { parameterRows } from './parameter-rows.ts';
import { exampleStep, outputRows } from './step-type-text.ts';

/** A step type as a page of documentation. */
export async function stepTypeMarkdown(stepType: StepType): Promise<string> {
  const { name, description, parameterSchema } = stepType;
  const parameters = parameterRows(parameterSchema).map((row) => [
    row.name,
    row.description,
    row.type,
    row.isRequired ? 'yes' : 'no',
    row.defaultText,
  ]);
  const outputs = outputRows(stepType);
  return [
    `# ${markdownText(name)}`,
    '',
    ...(description === '' ? [] : [markdownText(description), '']),
    '## Parameters',
    '',
    ...(parameters.length === 0
      ? ['This step type has no parameters.']
      : table(['Name', 'Description', 'Type', 'Required', 'Default'], parameters)),
    '',
    ...(outputs.length === 0
      ? []
      : ['## Outputs', '', ...table(['Name', 'Description', 'Type'], outputs), '']),
    '## Example',
    '',
    '```yaml',
    (await objectText([exampleStep(stepType)], 'yaml')).trimEnd(),
    '```',
    '',
  ].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map((cells) => line(cells.map(markdownText)))];
}
