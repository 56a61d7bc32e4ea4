import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { openCueEngine } from '../../src/cue/engine.ts';
import { opSpecs } from '../../src/ops/registry.ts';
import { compilePlan, type CompiledPlan } from '../../src/plan/compile-plan.ts';
import { readBuiltInSources } from '../../src/step-types/built-in-files.ts';
import { openCatalog } from '../../src/step-types/catalog.ts';
import { openCueCompiler } from '../../src/step-types/cue-compiler.ts';
import type { StepTypeSource } from '../../src/step-types/step-type.ts';
import { readDocuments } from '../../src/yaml/read-documents.ts';
import { marked, runWith } from './compile-text.ts';

// The plan over the step types and the CUE engine that runs use.
const examples = new URL('../../examples/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, examples), 'utf8');
const cue = openCueEngine({ ops: opSpecs });
const builtIn = await readBuiltInSources();
const ownChatGpt: StepTypeSource = {
  name: 'chat-gpt',
  format: 'cue',
  origin: 'file',
  file: 'chat-gpt.cue',
  text: read('chat-gpt.cue'),
};
const catalogs = {
  builtIn: openCatalog({ sources: builtIn, ops: opSpecs, cue: openCueCompiler(cue) }),
  ownChatGpt: openCatalog({ sources: [ownChatGpt, ...builtIn], ops: opSpecs, cue: openCueCompiler(cue) }),
};
afterAll(() => cue.close());

async function compile(text: string, catalog: keyof typeof catalogs = 'builtIn'): Promise<CompiledPlan> {
  const [document] = readDocuments(text.replaceAll('¦', ''), 'run.yaml').documents;
  if (document === undefined) throw new Error('not readable');
  return compilePlan(document, { catalog: catalogs[catalog], expressions: cue, model: 'available' });
}

describe('examples', () => {
  const chats = readdirSync(examples).filter((name) => /^chat-gpt.*\.yaml$/.test(name));
  test.each(
    chats.flatMap((name) => (['builtIn', 'ownChatGpt'] as const).map((catalog) => ({ name, catalog }))),
  )('$name, $catalog', async ({ name, catalog }) => {
    expect(await compile(read(name), catalog)).toMatchObject({ ok: true, warnings: [] });
  });
});

const apply =
  '- name: apply\n  type: apply-deployment\n  properties: {image: nginx}\n  outputs: [{name: resource, valueFrom: output.value}]\n';
const chat = (properties: string): string =>
  `${apply}- name: ask\n  type: chat-gpt\n  inputs: [{from: resource, parameterKey: prompt.content}]\n  properties: {token: {value: a}, prompt: {type: audit}${properties}}`;

describe('faults', () => {
  test.each<[name: string, steps: string, code: string, suggestion?: string]>([
    [
      'a misspelt type',
      '- type: ¦apply-deploymnt\n  properties: {image: a}',
      'UnknownStepType',
      'apply-deployment',
    ],
    ['a missing parameter', '- ¦type: apply-deployment', 'MissingParameter'],
    [
      'a misspelt parameter',
      '- type: apply-deployment\n  properties: {image: a, ¦imgae: b}',
      'UnknownParameter',
      'image',
    ],
    [
      'a parameter of the wrong type',
      '- type: apply-deployment\n  properties: {image: ¦1}',
      'InvalidParameter',
    ],
    ['an unknown choice', chat('').replace('type: audit', 'type: ¦adit'), 'InvalidParameter', 'audit'],
    [
      'a misspelt parameterKey',
      chat('').replace('prompt.content', '¦prompt.contnet').replace('type: audit', 'type: audit, content: a'),
      'UnknownParameter',
      'prompt.content',
    ],
    ['a misspelt result', apply.replace('output.value', '¦outptu.value'), 'UnknownResult', 'output'],
    ['a misspelt step in an if', `${chat('')}\n  if: ¦status.aply.failed`, 'UnknownStep', 'apply'],
    ['an object for a number', chat(', ¦x: 1'), 'UnknownParameter'],
  ])('%s', async (_name, steps, code, suggestion) => {
    const text = runWith(steps);
    const compiled = await compile(text);
    const faults = (compiled.ok ? compiled.warnings : compiled.faults).filter(
      (fault) => fault.code !== 'UnusedOutput',
    );
    expect(faults.map((fault) => [fault.code, `${fault.line}:${fault.column}`, fault.severity])).toEqual([
      [code, marked(text), 'error'],
    ]);
    if (suggestion !== undefined) expect(faults[0]?.suggestion).toBe(suggestion);
  });

  test('an unknown parameter of a CUE step type is a warning', async () => {
    const compiled = await compile(runWith(chat(', promt: {}')), 'ownChatGpt');
    expect(compiled).toMatchObject({
      ok: true,
      warnings: [{ code: 'UnknownParameter', severity: 'warning', suggestion: 'prompt' }],
    });
  });

  test('what a CUE parameter needs is an error', async () => {
    const text = runWith('- type: chat-gpt\n  ¦properties: {prompt: {type: audit}}');
    const compiled = await compile(text, 'ownChatGpt');
    const faults = compiled.ok ? [] : compiled.faults;
    expect(faults.map(({ code, path, line, column }) => [code, path, `${line}:${column}`])).toEqual([
      ['MissingParameter', 'spec.workflowSpec.steps[0].properties.token.value', marked(text)],
    ]);
  });
});
