import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Session } from '../../src/runner/session.ts';
import { execute, fileOf, openTestSession, type Executed } from '../session/open-test-session.ts';
import { prometheus } from './counterparts.ts';
import { serveMetrics, type Exporter } from './exporter.ts';
import { startFaultProxy, type Fault, type FaultProxy } from './fault-proxy.ts';

const page = `
errors_total 3
broken_ratio NaN
endless_seconds +Inf
replicas{pod="a"} 1
replicas{pod="b"} 9
`;

describe.skipIf(prometheus === undefined)('a gate over Prometheus', () => {
  const url = prometheus?.url ?? '';
  let exporter: Exporter;
  let session: Session;
  beforeAll(async () => {
    session = await openTestSession();
    exporter = await serveMetrics(page);
    await exporter.until(`replicas{job="${exporter.job}"}`, (result) => result.length === 2);
  });
  afterAll(async () => {
    await exporter?.close();
    await session?.close();
  });

  interface Asked {
    readonly metric: object;
    readonly address?: string;
    readonly provider?: object;
  }

  /** A run that judges one metric: at most 10 is good. JOB in the query stands for what marks the exporter's series. */
  async function judged({ metric, address = url, provider = {} }: Asked): Promise<Executed> {
    const value = {
      metric: JSON.parse(JSON.stringify(metric).replaceAll('JOB', `job='${exporter.job}'`)) as object,
    };
    const properties = {
      subject: 'web',
      providers: { metrics: { address, ...provider } },
      objectives: [
        {
          id: 'errors',
          value: { metric: { provider: 'metrics', ...value.metric } },
          pass: { op: '<=', value: 10 },
          samples: { errorLimit: 0 },
        },
      ],
      onInconclusive: 'block',
      deadline: '5s',
    };
    const run = {
      apiVersion: 'core.oam.dev/v1alpha1',
      kind: 'WorkflowRun',
      metadata: { name: 'gated' },
      spec: { workflowSpec: { steps: [{ name: 'check', type: 'gate', properties }] } },
    };
    return execute(session, [fileOf('run.yaml', JSON.stringify(run))]);
  }

  test.each([
    ['a value', { query: 'errors_total{JOB}' }],
    ['the worst of several series', { query: 'replicas{JOB}', aggregate: 'max' }],
    ['one value made of several by the query', { query: 'sum(replicas{JOB})' }],
    ['a number', { query: 'scalar(errors_total{JOB})' }],
    ['all values of a time', { query: 'errors_total{JOB}', range: '5s', aggregate: 'max' }],
  ])('opens on %s', async (_what, metric) => {
    const { view } = await judged({ metric });
    expect(view.steps[0]?.notes?.verdict).toMatchObject({ open: true, outcome: 'pass' });
    expect(view.phase).toBe('succeeded');
  });

  test.each([
    ['a value that is too large', { query: 'errors_total{JOB} * 10' }, 'fail', '30'],
    ['a series that is not there', { query: 'no_such_series{JOB}' }, 'fail', 'there is no data'],
    ['a series of nobody', { query: 'errors_total{job="nobody"}' }, 'fail', 'there is no data'],
    ['NaN', { query: 'broken_ratio{JOB}' }, 'fail', 'NaN'],
    ['a division by nothing', { query: 'errors_total{JOB} / (errors_total{JOB} * 0) * 0' }, 'fail', 'NaN'],
    ['Inf', { query: 'endless_seconds{JOB}' }, 'fail', 'Inf'],
    ['Inf with the sign that would do', { query: '-endless_seconds{JOB}' }, 'fail', 'Inf'],
    ['several series', { query: 'replicas{JOB}' }, 'fail', '2 '],
    [
      'NaN among good series',
      { query: '{__name__=~"broken_ratio|errors_total",JOB}', aggregate: 'max' },
      'fail',
      'NaN',
    ],
    ['a text', { query: '"3"' }, 'error', 'text'],
    ['a query that is none', { query: 'errors_total{' }, 'error', 'parse error'],
    ['a function that is none', { query: 'nosuch(errors_total{JOB})' }, 'error', 'unknown function'],
    [
      'a query of a range where one value is meant',
      { query: 'errors_total{JOB}[1m]' },
      'error',
      'last_over_time',
    ],
  ])('stays shut on %s', async (_what, metric, outcome, reason) => {
    const { view, logs } = await judged({ metric });
    const verdict = view.steps[0]?.notes?.verdict;
    expect(verdict).toMatchObject({ open: false, outcome });
    expect(`${JSON.stringify(verdict?.reasons)} ${JSON.stringify(logs)}`).toContain(reason);
    expect(view.phase).toBe('failed');
  });

  const page502 = '<html><body><h1>502 Bad Gateway</h1></body></html>';
  const faults: readonly (readonly [string, Fault | undefined, string])[] = [
    ['a server that is gone', undefined, 'refused the connection'],
    ['a gateway page with 502', (response) => response.writeHead(502).end(page502), 'answered 502'],
    ['a gateway page with 200', (response) => response.end(page502), 'cannot be used'],
    ['JSON of something else', (response) => response.end('{"status":"success"}'), 'not one of the API'],
    [
      'a redirect to elsewhere',
      (response) => response.writeHead(307, { location: 'http://127.0.0.1:9/' }).end(),
      '',
    ],
    ['no answer', () => undefined, 'within 300ms'],
    ['a reset', (response) => response.socket?.resetAndDestroy(), 'broke'],
    [
      'half of an answer',
      async (response, answer) => {
        const { body } = await answer();
        response.end(body.subarray(0, body.length - 4));
      },
      'cannot be used',
    ],
    [
      'an answer that says a value twice',
      async (response, answer) => {
        const { body } = await answer();
        response.end(body.toString().replace('"status":"success"', '"status":"success","status":"success"'));
      },
      'cannot be used',
    ],
    [
      'an answer without an end',
      async (response, answer) => {
        const { body } = await answer();
        const more = (): void => {
          while (!response.destroyed && response.write(body)) continue;
        };
        response.on('drain', more);
        more();
      },
      'larger than',
    ],
  ];

  test.each(faults)('stays shut on %s, and says so', async (_what, fault, reason) => {
    const proxy: FaultProxy = await startFaultProxy(url);
    try {
      const asked = { metric: { query: 'errors_total{JOB}' }, address: proxy.url };
      expect((await judged(asked)).view.phase).toBe('succeeded');
      if (fault === undefined) await proxy.close();
      proxy.set(fault);
      const { view } = await judged({
        ...asked,
        provider: { timeout: fault?.length === 0 ? '300ms' : '30s' },
      });
      const verdict = view.steps[0]?.notes?.verdict;
      expect(verdict).toMatchObject({ open: false, outcome: 'error' });
      expect(JSON.stringify(verdict?.reasons)).toContain(reason);
      expect(view.phase).toBe('failed');
      await proxy.quiet();
    } finally {
      if (fault !== undefined) await proxy.close();
    }
  });

  test('stays shut when the exporter shows the series no more', async () => {
    const own = await serveMetrics('errors_total 3\n');
    const query = `errors_total{job="${own.job}"}`;
    try {
      await own.until(query, (result) => result.length === 1);
      expect((await judged({ metric: { query } })).view.phase).toBe('succeeded');
      own.show('others_total 3\n');
      await own.until(query, (result) => result.length === 0);
      const { view } = await judged({ metric: { query } });
      expect(view.steps[0]?.notes?.verdict).toMatchObject({ open: false, outcome: 'fail' });
      own.show(undefined);
      await own.until(`up{job="${own.job}"}`, ([series]) => series?.value[1] === '0');
      expect((await judged({ metric: { query } })).view.phase).toBe('failed');
    } finally {
      await own.close();
    }
  });
});
