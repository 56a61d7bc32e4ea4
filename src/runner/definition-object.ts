import { SluiceError } from '../api/errors.ts';
import { isObject, type JsonObject } from '../api/json.ts';
import { definitionApiVersion } from '../api/workflow.ts';
import type { CueCompiler } from '../step-types/cue-compiler.ts';
import type { StepTypeSource } from '../step-types/step-type.ts';
import { readDocuments } from '../yaml/read-documents.ts';
import { metadataOfHeader } from './definition-metadata.ts';

/**
 * A step type as a WorkflowStepDefinition. A CUE file becomes what KubeVela makes of it: its template, and its header as
 * annotations and labels.
 */
export async function definitionObject(source: StepTypeSource, cue: CueCompiler): Promise<JsonObject> {
  if (source.format === 'yaml') {
    const [document] = readDocuments(source.text, source.file).documents;
    if (isObject(document?.value)) return document.value;
    throw new SluiceError('invalid', 'BadDefinition', `${source.file} holds no WorkflowStepDefinition`);
  }
  const read = await cue.readDefinitionFile(source.text, source.file);
  if (!read.ok) {
    const why = read.faults[0]?.message ?? 'unknown fault';
    throw new SluiceError('invalid', 'BadDefinition', `${source.file} cannot be read: ${why}`);
  }
  const { header, description, name, template } = read;
  const alias = typeof header['alias'] === 'string' ? header['alias'] : '';
  const annotations = {
    ...metadataOf(header['annotations']),
    ...(description === '' ? {} : { 'definition.oam.dev/description': description }),
    ...(alias === '' ? {} : { 'definition.oam.dev/alias': alias }),
  };
  const labels = metadataOf(header['labels']);
  return {
    apiVersion: definitionApiVersion,
    kind: 'WorkflowStepDefinition',
    metadata: {
      name,
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
    spec: { schematic: { cue: { template: unindented(template, bodyLine(source.text)) } } },
  };
}

function metadataOf(value: unknown): Readonly<Record<string, string>> {
  return isObject(value) ? metadataOfHeader(value) : {};
}

/** Where the lines of the template begin in a definition file. */
function bodyLine(text: string): number {
  return text.split('\n').findIndex((line) => /^\s*"?template"?\s*:\s*\{\s*$/.test(line)) + 1;
}

/**
 * Blanks stand where the header stood, so that places are those of the file, and the body of the template is a tab deeper than
 * it need be; nobody wants either in an object.
 */
function unindented(template: string, firstLine: number): string {
  const lines = template.split('\n');
  const [head, body] = [lines.slice(0, firstLine), lines.slice(firstLine)];
  const isDeeper = body.every((line) => line.trim() === '' || line.startsWith('\t'));
  const text = [...head, ...(isDeeper ? body.map((line) => line.replace(/^\t/, '')) : body)].join('\n');
  return `${text
    .replace(/^\s*\n/, '')
    .replace(/(?<=^|\n)(?:[ \t]*\n){2,}/, '\n')
    .trim()}\n`;
}
