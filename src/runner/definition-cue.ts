import { SluiceError } from '../api/errors.ts';
import { isObject, stringifyJson, type Json, type JsonObject } from '../api/json.ts';
import { headerOfMetadata } from './definition-metadata.ts';

/**
 * A WorkflowStepDefinition with a CUE template as a definition file, as KubeVela's command line writes one: imports, a header
 * made of its metadata, the template. Throws `invalid`/`NotCue` for one that is written in YAML.
 */
export function definitionCue(definition: JsonObject): string {
  const { metadata, spec } = definition;
  const about = isObject(metadata) ? metadata : {};
  const name = textOf(about['name']);
  const schematic = isObject(spec) && isObject(spec['schematic']) ? spec['schematic'] : {};
  const template = isObject(schematic['cue']) ? schematic['cue']['template'] : undefined;
  if (typeof template !== 'string')
    throw new SluiceError('invalid', 'NotCue', `step type ${name} is written in YAML`, {
      hint: 'Only templates in CUE have this form; leave out the format for the YAML.',
    });
  const { imports, body } = splitTemplate(template);
  const inner = body
    .trim()
    .split('\n')
    .map((line) => (line === '' ? '' : `\t${line}`));
  return [
    ...(imports === '' ? [] : [imports, '']),
    `${JSON.stringify(name)}: {`,
    ...header(about).map((line) => `\t${line}`),
    '}',
    '',
    'template: {',
    ...inner,
    '}',
    '',
  ].join('\n');
}

const description = 'definition.oam.dev/description';
const alias = 'definition.oam.dev/alias';

function header({ annotations, labels }: JsonObject): readonly string[] {
  const told = isObject(annotations) ? annotations : {};
  const others = Object.entries(told).filter(([key]) => key !== description && key !== alias);
  return [
    'type: "workflow-step"',
    ...(told[alias] === undefined ? [] : [`alias: ${stringifyJson(told[alias])}`]),
    `annotations: ${fields(Object.fromEntries(others))}`,
    'attributes: {}',
    `description: ${stringifyJson(told[description] ?? '')}`,
    `labels: ${fields(isObject(labels) ? labels : {})}`,
  ];
}

/** JSON is CUE. */
function fields(metadata: JsonObject): string {
  return stringifyJson(headerOfMetadata(metadata));
}

/** The imports stay outside the template, with the comments between them; CUE has them before anything else. */
function splitTemplate(template: string): { readonly imports: string; readonly body: string } {
  const lines = template.split('\n');
  let end = 0;
  let isOpen = false;
  for (const [index, line] of lines.entries()) {
    const text = line.trim();
    const isImport = isOpen || /^import\b/.test(text);
    if (!isImport && text !== '' && !text.startsWith('//')) break;
    if (!isImport) continue;
    end = index + 1;
    isOpen = isOpen ? !text.startsWith(')') : /^import\s*\([^)]*$/.test(text);
  }
  return { imports: lines.slice(0, end).join('\n').trim(), body: lines.slice(end).join('\n') };
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
