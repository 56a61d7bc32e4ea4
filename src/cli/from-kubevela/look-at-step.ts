import type { Fault } from '../../api/fault.ts';
import type { JsonObject } from '../../api/json.ts';
import type { FieldPath } from '../../yaml/source-document.ts';
import { difference } from './difference.ts';
import type { DifferenceCode } from './difference-codes.ts';
import { objectOf, objectsOf, textOf, textsOf, type WrittenStep } from './read-workflow-steps.ts';

/** Warnings about what is right in both places, and means something else. */
export function lookAtStep(step: WrittenStep, outputs: ReadonlySet<string>): readonly Fault[] {
  return [
    ...lookAtValues(step),
    ...(step.mode === 'DAG' ? lookAtDag(step, outputs) : []),
    ...lookAtType(step),
  ];
}

type Say = (code: DifferenceCode, field: FieldPath, about: string) => Fault;

function sayerOf({ document, path }: WrittenStep): Say {
  return (code, field, about) => difference(code, document.locate([...path, ...field]), 'warning', about);
}

function lookAtValues(step: WrittenStep): readonly Fault[] {
  const { value } = step;
  const say = sayerOf(step);
  const condition = textOf(value['if']);
  const readsInputs = /\binputs\b/.test(condition) && !/\bnull\b/.test(condition);
  return [
    ...(readsInputs
      ? [say('ConditionMayFail', ['if'], `the condition of ${step.name} reads inputs: ${condition}`)]
      : []),
    ...objectsOf(value['outputs']).flatMap((output, index) =>
      /^\s*import\b/.test(textOf(output['valueFrom']))
        ? [
            say(
              'NullOutput',
              ['outputs', index, 'valueFrom'],
              `output ${textOf(output['name'])} is a script, which may fail`,
            ),
          ]
        : [],
    ),
    ...objectsOf(value['inputs']).flatMap((input, index) => {
      const [from, key] = [textOf(input['from']), textOf(input['parameterKey'])];
      return [
        ...(/\[\d+\]/.test(from) && !/^(?:context|parameter)\b/.test(from)
          ? [say('IndexedInput', ['inputs', index, 'from'], `${from} has an index`)]
          : []),
        ...(key.includes('-')
          ? [say('FilledKey', ['inputs', index, 'parameterKey'], `${key} has a hyphen`)]
          : []),
      ];
    }),
  ];
}

function lookAtDag(step: WrittenStep, outputs: ReadonlySet<string>): readonly Fault[] {
  const { value, siblings } = step;
  const say = sayerOf(step);
  const needs = textsOf(value['dependsOn']);
  const condition = textOf(value['if']);
  const producer = objectsOf(value['inputs']).findIndex((input) =>
    outputs.has(firstName(textOf(input['from']))),
  );
  const named = siblings
    .map((sibling) => textOf(sibling['name']))
    .find(
      (name) => name !== '' && name !== step.name && !needs.includes(name) && readsStatusOf(condition, name),
    );
  return [
    ...(condition === '' && needs.length === 0 && producer >= 0
      ? [say('SkippedWithProducer', ['inputs', producer], `${step.name} takes the output of another step`)]
      : []),
    ...(named === undefined
      ? []
      : [
          say(
            'WaitsForCondition',
            ['if'],
            `the condition of ${step.name} names ${named}, which dependsOn does not`,
          ),
        ]),
    ...(step.type === 'suspend' && siblings.length > 1
      ? [say('HeldAlone', ['type'], `${step.name} suspends in a DAG`)]
      : []),
  ];
}

function readsStatusOf(condition: string, name: string): boolean {
  return condition.includes(`status.${name}.`) || condition.includes(`status["${name}"]`);
}

/** `out` of `out.a[1]`. */
function firstName(from: string): string {
  return /^[^.[]*/.exec(from)?.[0] ?? '';
}

/** Step types of KubeVela's catalogue that send requests. */
const requesting: readonly string[] = ['request', 'webhook', 'notification', 'chat-gpt', 'check-metrics'];

function lookAtType(step: WrittenStep): readonly Fault[] {
  const say = sayerOf(step);
  const { type, value } = step;
  const properties = objectOf(value['properties']);
  return [
    ...(type === 'request' ? [say('StatusRefused', ['type'], `${step.name} is a request`)] : []),
    ...(requesting.includes(type) && value['retry'] === undefined
      ? [say('FewerRetries', ['type'], `${step.name} sends a request`)]
      : []),
    ...(type === 'apply-object' || type === 'apply-job' ? lookAtObject(properties, step, say) : []),
    ...(type === 'chat-gpt' && objectOf(properties['prompt'])['type'] === 'quality-gate'
      ? [say('StrictScore', ['properties', 'prompt', 'type'], `${step.name} asks for a score`)]
      : []),
  ];
}

function lookAtObject(properties: JsonObject, step: WrittenStep, say: Say): readonly Fault[] {
  const metadata = objectOf(objectOf(properties['value'])['metadata']);
  const root = objectOf(step.document.value);
  const namespace = textOf(objectOf(root['metadata'])['namespace']);
  // A run in the namespace `default`, or one that nobody knows, loses nothing.
  if (metadata['namespace'] !== undefined || namespace === '' || namespace === 'default') return [];
  return [say('OtherNamespace', ['properties', 'value'], `the object of ${step.name} has no namespace`)];
}
