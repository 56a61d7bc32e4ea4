import { expect, test } from 'vitest';
import { aiGateSchema } from '../../src/gate/policy/ai-gate-schema.ts';
import { builtIn } from './built-in.ts';

const aiGate = await builtIn('ai-gate');

test('the parameters of the step type are those that the policy is read from', () => {
  const { description: _description, ...schema } = aiGateSchema;
  expect(aiGate.parameterSchema).toEqual(schema);
});
