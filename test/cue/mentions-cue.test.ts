import { expect, test } from 'vitest';
import { mentionsCue } from '../../src/cue/mentions-cue.ts';

test.each<readonly [string, boolean]>([
  ['name: a', false],
  ['if: always', false],
  ['if: status.a.failed', false],
  ['if: status.a.failed # why', false],
  ['if: \'status["a"].failed\'', false],
  ['{name: b, if: status.a.failed, type: t}', false],
  ['"if": "inputs[\\"score\\"] > 60", "type": "t"', false],
  ['valueFrom: output.value', false],
  ['if: len(status.a.message) > 0', true],
  ['if: |\n  status.a.failed', true],
  ['valueFrom: output.value.items[0]', true],
  ['valueFrom: "\\"x\\" + output.name"', true],
  ['if: status.a.failed\nvalueFrom: strings.ToUpper(x)', true],
])('%j: %s', (text, expected) => {
  expect(mentionsCue(text)).toBe(expected);
});
