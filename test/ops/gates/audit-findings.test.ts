import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { JsonObject } from '../../../src/api/json.ts';
import { deployment, service, widget } from '../../cli/audit/manifests.ts';
import { perform, testContext } from '../context.ts';

/** What the objective measures: the number of findings of our audit, or that there is no value. */
async function measured(text: string): Promise<unknown> {
  const subject = parseAllDocuments(text).map((each) => each.toJS() as JsonObject);
  const value = { findings: { from: 'audit', severity: 'medium' } };
  const policy = { subject, objectives: [{ id: 'audit', value, pass: { op: '==', value: 0 } }] };
  const outcome = await perform('measure', { policy }, testContext());
  if (outcome.kind !== 'ok') throw new Error(outcome.message);
  const { objectives } = outcome.result as {
    objectives: { audit: { samples: readonly { values: unknown }[] } };
  };
  return objectives.audit.samples[0]?.values;
}

test.each([
  ['a finding of one manifest', deployment({ image: 'web' }), [1]],
  ['one between two of them', deployment({}) + service('other'), [1]],
  ['none', deployment({}) + service('web'), [0]],
  ['only kinds that no rule is about, which is no zero', widget, []],
])('%s', async (_, text, values) => {
  expect(await measured(text)).toEqual(values);
});
