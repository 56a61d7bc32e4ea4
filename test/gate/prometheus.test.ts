import { describe, expect, test } from 'vitest';
import { readPrometheusAnswer } from '../../src/gate/providers/prometheus.ts';

const success = (resultType: string, result: unknown, rest: object = {}): string =>
  JSON.stringify({ status: 'success', data: { resultType, result }, ...rest });
const series = (...values: readonly string[]): unknown =>
  values.map((value, index) => ({ metric: { pod: String(index) }, value: [1_700_000_000.5 + index, value] }));

describe('values', () => {
  test.each<readonly [string, string, boolean, readonly string[]]>([
    ['one series', success('vector', series('0.25')), false, ['0.25']],
    [
      'several, and what is no number',
      success('vector', series('1', 'NaN', '+Inf')),
      false,
      ['1', 'NaN', '+Inf'],
    ],
    ['no series', success('vector', []), false, []],
    ['a scalar', success('scalar', [1_700_000_000, '7']), false, ['7']],
    [
      'all points of a range',
      success('matrix', [
        {
          metric: {},
          values: [
            [1, '1'],
            [2, '2'],
          ],
        },
        { metric: { a: 'b' }, values: [[1, '3']] },
      ]),
      true,
      ['1', '2', '3'],
    ],
  ])('%s', (_name, body, isRange, values) => {
    expect(readPrometheusAnswer(body, isRange)).toMatchObject({ kind: 'data', values });
  });

  test('the oldest time counts, and warnings are kept', () => {
    const body = success('vector', series('1', '2'), { warnings: ['x'.repeat(500), 'b'], infos: ['c'] });
    expect(readPrometheusAnswer(body, false)).toMatchObject({
      oldestMs: 1_700_000_000_500,
      warnings: ['x'.repeat(200), 'b'],
    });
  });
});

describe('what is not of the API is an error, and never no data', () => {
  test.each<readonly [string, string, RegExp]>([
    ['a page', '<html></html>', /cannot be used: it is not JSON/],
    ['nothing', '', /empty/],
    ['cut off', '{"status":"success","data":{"resultType":"vector","result":[', /not JSON/],
    ['a key twice', '{"status":"error","status":"success"}', /twice/],
    ['a list', '[]', /no object/],
    ['another API', '{"ok":true}', /no `status` and `data`/],
    ['no result', '{"status":"success","data":{"resultType":"vector"}}', /no list of results/],
    ['a kind that is not known', success('tensor', []), /kind of result/],
    ['a text', success('string', [1, 'x']), /a text, not numbers/],
    ['a value without time', success('vector', [{ metric: {} }]), /no pair/],
    ['a number that is no text', success('vector', [{ metric: {}, value: [1, 5] }]), /no pair/],
    ['a series that is no object', success('vector', [7]), /no pair/],
    ['a histogram', success('vector', [{ metric: {}, histogram: [1, {}] }]), /native histograms/],
    [
      'all values where one is meant',
      success('matrix', [{ metric: {}, values: [[1, '1']] }]),
      /last_over_time/,
    ],
    [
      'its own error',
      '{"status":"error","errorType":"bad_data","error":"parse error"}',
      /^bad_data: parse error$/,
    ],
    ['its own error without a reason', '{"status":"error"}', /no reason given/],
    [
      'too many values',
      success('vector', series(...Array.from({ length: 10_001 }, () => '1'))),
      /more than 10000/,
    ],
  ])('%s', (_name, body, says) => {
    const answer = readPrometheusAnswer(body, false);
    expect(answer.kind).toBe('error');
    expect(answer.kind === 'error' ? answer.message : '').toMatch(says);
  });
});
