import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import { builtIn } from './built-in.ts';
import { drive } from './drive.ts';

const analyze = await builtIn('analyze');

function analysis(failed: boolean, done = true): JsonObject {
  return {
    findings: [],
    incidents: [],
    notChecked: [],
    summary: { verdict: failed ? 'broken' : 'healthy', worst: failed ? 'high' : '' },
    failed,
    message: failed ? '1 problem' : 'nothing found',
    table: failed ? 'high  Pod team/a' : '',
    done,
    after: '5s',
    look: {},
  };
}

test.each<readonly [string, JsonObject, readonly JsonObject[], readonly string[]]>([
  ['nothing is wrong', {}, [analysis(false)], ['analyze analysis', 'wait settled', 'message said']],
  [
    'a problem fails nothing unless it is to',
    {},
    [analysis(true)],
    ['analyze analysis', 'wait settled', 'log log', 'message said'],
  ],
  [
    'a problem fails the step after it was shown',
    { failOn: 'high' },
    [analysis(true)],
    ['analyze analysis', 'wait settled', 'log log', 'message said', 'fail failed'],
  ],
  [
    'a problem that goes away in time fails nothing',
    { failOn: 'high', wait: '1m' },
    [analysis(true, false), analysis(false)],
    ['analyze analysis', 'wait settled', 'wait settled', 'message said'],
  ],
])('%s', async (_, parameter, answers, trace) => {
  const driven = await drive(analyze, parameter, { analysis: [...answers] });
  expect(driven.trace).toEqual(trace);
});

test('what is not given is left to the op, but how bad a problem must be to be waited for', async () => {
  const driven = await drive(analyze, {}, { analysis: analysis(false) });
  expect(driven.params('analysis')).toEqual({ cluster: '', failOn: 'medium', wait: '0s' });
});
