import { describe, expect, test } from 'vitest';
import { faultsOf, runWith } from './compile-text.ts';
import { expectFault, stepRow } from './fault-rows.ts';

const parameterRows = [
  stepRow({
    name: 'missing parameter',
    steps: '- type: apply-deployment\n  ¦properties: {replicas: 1}',
    code: 'MissingParameter',
    at: '[0].properties.image',
    says: /image/,
  }),
  stepRow({
    name: 'missing parameter, no properties',
    steps: '- ¦type: apply-deployment',
    code: 'MissingParameter',
    at: '[0].properties.image',
    says: /image/,
  }),
  stepRow({
    name: 'missing parameter inside',
    steps: '- type: chat-gpt\n  properties: {token: {}, ¦prompt: {type: audit}}',
    code: 'MissingParameter',
    at: '[0].properties.prompt.content',
    says: /content/,
  }),
  stepRow({
    name: 'wrong type of a parameter',
    steps: '- type: apply-deployment\n  properties: {image: a, replicas: ¦two}',
    code: 'InvalidParameter',
    at: '[0].properties.replicas',
    says: /integer/,
  }),
  stepRow({
    name: 'wrong type inside a list',
    steps: '- type: apply-deployment\n  properties: {image: a, cmd: [x, ¦1]}',
    code: 'InvalidParameter',
    at: '[0].properties.cmd[1]',
    says: /string/,
  }),
  stepRow({
    name: 'unknown parameter of a closed type',
    steps: '- type: notify\n  properties: {message: a, ¦mesage: b}',
    code: 'UnknownParameter',
    at: '[0].properties.mesage',
    says: /additional/,
  }),
  stepRow({
    name: 'parameterKey that is no path',
    steps: '- type: open\n  inputs: [{from: context.name, parameterKey: ¦a..b}]',
    code: 'BadParameterKey',
    at: '[0].inputs[0].parameterKey',
    says: /no path/,
  }),
  stepRow({
    name: 'parameterKey of a prototype',
    steps: '- type: open\n  inputs: [{from: context.name, parameterKey: ¦__proto__.x}]',
    code: 'BadParameterKey',
    at: '[0].inputs[0].parameterKey',
    says: /no path/,
  }),
  stepRow({
    name: 'parameterKey of very many segments',
    steps: `- type: open\n  inputs: [{from: context.name, parameterKey: ¦${'a.'.repeat(100)}a}]`,
    code: 'BadParameterKey',
    at: '[0].inputs[0].parameterKey',
    says: /no path/,
  }),
  stepRow({
    name: 'parameterKey far into a list',
    steps: '- type: open\n  inputs: [{from: context.name, parameterKey: ¦"a[1001]"}]',
    code: 'BadParameterKey',
    at: '[0].inputs[0].parameterKey',
    says: /no path/,
  }),
  stepRow({
    name: 'parameterKey of an unknown parameter',
    steps:
      '- type: notify\n  properties: {message: a}\n  inputs: [{from: context.name, parameterKey: ¦mesage}]',
    code: 'UnknownParameter',
    at: '[0].inputs[0].parameterKey',
    says: /no parameter "mesage"/,
    suggestion: 'message',
  }),
  stepRow({
    name: 'parameterKey inside a text',
    steps:
      '- type: notify\n  properties: {message: a}\n  inputs: [{from: context.name, parameterKey: ¦message.x}]',
    code: 'UnknownParameter',
    at: '[0].inputs[0].parameterKey',
    says: /no parameter "message.x"/,
  }),
  stepRow({
    name: 'parameterKey that an open type does not name',
    steps:
      '- type: apply-deployment\n  properties: {image: a}\n  inputs: [{from: context.name, parameterKey: ¦imgae}]',
    code: 'UnknownParameter',
    at: '[0].inputs[0].parameterKey',
    says: /no parameter/,
    suggestion: 'image',
    severity: 'warning',
  }),
];

describe('faults of parameters', () => {
  test.each(parameterRows)('$name', expectFault);

  test('what inputs fill is neither missing nor judged', async () => {
    const steps = [
      '- type: chat-gpt',
      '  properties: {token: {}, prompt: {type: 3}}',
      '  inputs:',
      '  - {from: context.name, parameterKey: prompt.content}',
      '  - {from: context.name, parameterKey: prompt.type}',
      '- type: apply-deployment',
      '  inputs: [{from: context.name, parameterKey: image}, {from: context.name, parameterKey: "cmd[0]"}]',
    ].join('\n');
    expect(await faultsOf(runWith(steps))).toEqual([]);
  });

  test('what inputs do not fill is still missing', async () => {
    const steps = '- type: chat-gpt\n  inputs: [{from: context.name, parameterKey: prompt.content}]';
    const faults = await faultsOf(runWith(steps));
    expect(faults.map(({ code, path }) => [code, path.split('.').slice(2).join('.')])).toEqual([
      ['MissingParameter', 'steps[0].properties.token'],
      ['MissingParameter', 'steps[0].properties.prompt.type'],
    ]);
  });
});
