import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import type { Verdict } from '../../src/gate/verdict.ts';
import type { Session } from '../../src/runner/session.ts';
import { servePrometheus } from '../ops/gates/prometheus-server.ts';
import { execute, fileOf, openTestSession, requestFor, type Executed } from './open-test-session.ts';

/** Sound but for what the rules of the audit find in any bare Deployment. */
const deployment: JsonObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'nginx:1.27' }] },
    },
  },
};
const config: JsonObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web' }, data: {} };
const clean = JSON.stringify({
  version: '2.1.0',
  runs: [
    {
      tool: { driver: { name: 'lint' } },
      invocations: [{ executionSuccessful: true }],
      artifacts: [{ location: { uri: 'web.yaml' } }],
      results: [],
    },
  ],
});

const isZero = { op: '==', value: 0 };

function objective(value: JsonObject, rest: JsonObject = {}): JsonObject {
  return { id: 'a', value, pass: isZero, samples: { errorLimit: 0 }, ...rest };
}

let session: Session;
beforeAll(async () => {
  session = await openTestSession();
});
afterAll(() => session.close());

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function run(
  properties: JsonObject,
  { on = session, name = 'gated', step = {}, before = [] }: RunParts = {},
): Promise<Executed> {
  const steps = [
    ...before,
    {
      name: 'check',
      type: 'gate',
      properties: { subject: deployment, onWarn: 'block', onInconclusive: 'block', ...properties },
      ...step,
    },
  ];
  const document = {
    apiVersion: 'core.oam.dev/v1alpha1',
    kind: 'WorkflowRun',
    metadata: { name },
    spec: { workflowSpec: { steps } },
  };
  return execute(on, [fileOf('run.yaml', JSON.stringify(document))]);
}

interface RunParts {
  readonly on?: Session;
  readonly name?: string;
  readonly step?: JsonObject;
  readonly before?: readonly JsonObject[];
}

function judgeOne(value: JsonObject, rest: JsonObject = {}, more: JsonObject = {}): Promise<Executed> {
  return run({ objectives: [objective(value, rest)], ...more });
}

/** Phase and reason of the gate, the outcome of its verdict, and whether it opens. */
function ending({ view }: Executed): string {
  const step = view.steps.find(({ name }) => name === 'check');
  const verdict = step?.notes?.verdict;
  const reason = step?.reason === undefined ? '' : `/${step.reason}`;
  return `${step?.phase}${reason} ${verdict?.outcome} ${verdict?.open === true ? 'open' : 'shut'}`;
}

function messageOf({ view }: Executed): string {
  return view.steps.find(({ name }) => name === 'check')?.message ?? '';
}

async function verdictOf({ view }: Executed, on = session): Promise<Verdict> {
  const id = view.steps.find(({ name }) => name === 'check')?.notes?.verdict?.id ?? '';
  const stored = await on.verdicts.get('default', id);
  if (stored === undefined) throw new Error(`no verdict "${id}"`);
  return stored.verdict;
}

const timeout = 30_000;

describe('what opens', { timeout }, () => {
  test.each<readonly [string, JsonObject, JsonObject, JsonObject]>([
    ['a value that is good', { cue: 'values.failed' }, {}, { values: { failed: 0 } }],
    ['CUE of more than a path', { cue: 'len(values.list) - 2' }, {}, { values: { list: [1, 2] } }],
    ['CUE over the subject', { cue: 'subject.spec.replicas - 1' }, {}, {}],
    ['CUE over the run', { cue: 'context.stepName' }, { pass: { cue: 'value == "check"' } }, {}],
    [
      'a condition in CUE',
      { cue: 'values.version' },
      { pass: { cue: 'value =~ "^1[.]"' } },
      { values: { version: '1.4' } },
    ],
    ['an audit within its limit', { findings: { from: 'audit', severity: 'critical' } }, {}, {}],
    ['a report without findings', { findings: { from: 'lint' } }, {}, { reports: { lint: { text: clean } } }],
  ])('%s', async (_name, value, rest, more) => {
    const executed = await judgeOne(value, rest, more);
    expect([ending(executed), messageOf(executed)]).toEqual(['succeeded pass open', '']);
    expect(executed.view.phase).toBe('succeeded');
  });
});

describe('what stays shut, and says why', { timeout }, () => {
  const none = { findings: { from: 'lint' } };
  test.each<readonly [string, JsonObject, JsonObject, JsonObject, string, RegExp]>([
    ['a bad value', { cue: 'values.n' }, {}, { values: { n: 1 } }, 'fail', /a: value == 0 does not hold/],
    ['a value that is not there', { cue: 'values.n' }, {}, { values: {} }, 'fail', /there is no data/],
    ['null', { cue: 'values.n' }, {}, { values: { n: null } }, 'fail', /the value is null/],
    [
      'a text where a number is meant',
      { cue: 'values.n' },
      {},
      { values: { n: 'none' } },
      'fail',
      /"none" is not/,
    ],
    [
      'no value, where that leaves it open',
      { cue: 'values.n' },
      { onMissing: 'inconclusive' },
      { values: {} },
      'inconclusive',
      /there is no data/,
    ],
    ['a list', { cue: 'values.n' }, {}, { values: { n: [0] } }, 'error', /gives a list/],
    [
      'CUE that cannot be evaluated',
      { cue: 'values.n + "x"' },
      {},
      { values: { n: 1 } },
      'error',
      /CUE values.n/,
    ],
    ['CUE that is none', { cue: 'values.n +' }, {}, { values: { n: 1 } }, 'error', /CUE values.n/],
    ['a name that nobody knows', { cue: 'secrets.n' }, {}, {}, 'error', /CUE secrets.n/],
    [
      'a condition that is neither true nor false',
      { cue: 'values.n' },
      { pass: { cue: 'value + 1' } },
      { values: { n: 1 } },
      'error',
      /did not come to true or false/,
    ],
    ['findings', { findings: { from: 'audit' } }, {}, {}, 'fail', /a: value == 0 does not hold/],
    [
      'nothing that could be audited',
      { findings: { from: 'audit' } },
      {},
      { subject: config },
      'fail',
      /no data/,
    ],
    [
      'an audit of a digest',
      { findings: { from: 'audit' } },
      {},
      { subject: { apiVersion: 'v1', kind: 'Pod', name: 'x', digest: `sha256:${'0'.repeat(64)}` } },
      'error',
      /by their digest alone: give the manifests/,
    ],
    [
      'a subject that is not there',
      { findings: { from: 'diagnose' } },
      {},
      {},
      'error',
      /Deployment default\/web is not there/,
    ],
    [
      'a report of nothing',
      none,
      {},
      { reports: { lint: { text: '{"a":1}' } } },
      'error',
      /none of the formats/,
    ],
    [
      'a report over no object',
      none,
      {},
      { reports: { lint: { format: 'kube-linter', text: '{"Checks":[],"Reports":[],"Summary":{}}' } } },
      'fail',
      /no data/,
    ],
    [
      'a tool that was not run to its end',
      none,
      {},
      { reports: { lint: { text: clean, exit: 137 } } },
      'error',
      /not run to its end/,
    ],
    [
      'an object that nobody made',
      { external: { ref: 'apps/v1/Deployment/none#Available' } },
      {},
      {},
      'fail',
      /there is no data/,
    ],
    [
      'a freeze',
      { cue: '0' },
      {},
      { freeze: { windows: [{ rrule: 'FREQ=DAILY', duration: '48h', why: 'audit' }] } },
      'fail',
      /frozen: audit/,
    ],
    [
      'a warning',
      { cue: 'values.n' },
      { warn: { op: '<', value: 5 } },
      { values: { n: 3 } },
      'warn',
      /only value < 5 holds/,
    ],
    [
      'no baseline',
      { cue: '1' },
      { pass: { of: 'percent', op: '<=', value: 10 }, compare: {} },
      {},
      'inconclusive',
      /no earlier passed run/,
    ],
  ])('%s', async (_name, value, rest, more, outcome, says) => {
    const executed = await judgeOne(value, rest, more);
    expect(ending(executed)).toBe(`failed/Action ${outcome} shut`);
    expect(messageOf(executed)).toMatch(says);
    expect(messageOf(executed).length).toBeLessThanOrEqual(500);
    expect(executed.view.isGateClosed).toBe(true);
  });

  test('a key that fails, whatever the score', async () => {
    const objectives = [
      { id: 'key', value: { cue: '1' }, pass: isZero, key: true },
      { id: 'rest', value: { cue: '0' }, pass: isZero, weight: 99 },
    ];
    const executed = await run({ objectives, total: { pass: 50 } });
    expect(ending(executed)).toBe('failed/Action fail shut');
    expect((await verdictOf(executed)).decidedBy).toBe('key');
  });

  test('the timeout of the step, before there is a verdict', async () => {
    const samples = { count: 2, interval: '1h' };
    const objectives = [objective({ cue: '0' }, { samples })];
    const executed = await run({ objectives, deadline: '2h' }, { step: { timeout: '1s' } });
    expect(ending(executed)).toBe('failed/Timeout undefined shut');
    expect(messageOf(executed)).toBe('timed out after 1s: measuring a: 1 of 2');
  });

  test('the deadline of the gate', async () => {
    const objectives = [
      objective({ external: { ref: 'v1/Pod/none#Ready' } }, { samples: { count: 2, interval: '900ms' } }),
    ];
    const executed = await run({
      objectives: [{ ...objectives[0], onMissing: 'inconclusive' }],
      deadline: '1s',
    });
    expect(ending(executed)).toMatch(/^failed\/Action (fail|inconclusive) shut$/);
  });
});

describe('a cluster', { timeout }, () => {
  const apply = {
    name: 'deploy',
    type: 'apply-deployment',
    properties: { image: 'nginx:1.27', cluster: 'test' },
  };
  const subject = { ...deployment, metadata: { name: 'deploy' } };

  test('is asked how the subject does, and for a condition of it', async () => {
    const objectives = [
      { id: 'healthy', value: { findings: { from: 'diagnose' } }, pass: isZero },
      {
        id: 'available',
        value: { external: { ref: 'apps/v1/Deployment/deploy#Available' } },
        pass: { op: '==', value: 1 },
      },
    ];
    const executed = await run({ subject, cluster: 'test', objectives }, { before: [apply] });
    expect([ending(executed), messageOf(executed)]).toEqual(['succeeded pass open', '']);
    const elsewhere = await run({
      subject,
      cluster: 'other',
      objectives: objectives.map((each) => ({ ...each, samples: { errorLimit: 0 } })),
    });
    expect(ending(elsewhere)).toBe('failed/Action fail shut');
    expect(messageOf(elsewhere)).toMatch(/Deployment default\/deploy on cluster other is not there/);
  });

  test('shows what is wrong with it', async () => {
    const broken = { ...apply, timeout: '1s', properties: { ...apply.properties, image: 'invalid' } };
    const objectives = [objective({ findings: { from: 'diagnose', severity: 'high' } })];
    const step = { if: 'always' };
    const executed = await run({ subject, cluster: 'test', objectives }, { before: [broken], step });
    expect(ending(executed)).toBe('failed/Action fail shut');
  });
});

describe('policies', { timeout }, () => {
  const warm = objective({ cue: 'values.n' }, { warn: { op: '<', value: 5 } });

  test.each([
    ['block', 'failed/Action warn shut'],
    ['suspend', 'failed/Action warn shut'],
    ['pass', 'succeeded warn open'],
  ])('a warning with onWarn: %s, where nobody can be asked', async (onWarn, expected) => {
    const executed = await run({ objectives: [warm], onWarn, values: { n: 3 } });
    expect(ending(executed)).toBe(expected);
  });

  test('one that only observes neither opens nor blocks', async () => {
    const executed = await run({ objectives: [objective({ cue: '1' })], mode: 'observe' });
    expect(ending(executed)).toBe('succeeded fail shut');
    expect(executed.view.phase).toBe('succeeded');
  });

  test('a mute is counted in public, and what it mutes does not decide', async () => {
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const objectives = [objective({ cue: '1' }), { id: 'b', value: { cue: '0' }, pass: isZero }];
    const executed = await run({ objectives, mute: [{ id: 'a', why: 'known', until }] });
    expect(ending(executed)).toBe('succeeded pass open');
    expect((await verdictOf(executed)).counts).toMatchObject({ total: 2, evaluated: 1, muted: 1 });
    const log = executed.logs.map(({ text }) => text).join('\n');
    expect(log).toMatch(/fail \(muted\) +a +1 .*muted until/);
  });

  test('one that an input makes impossible is an error that says what is wrong', async () => {
    const executed = await run(
      { subject: config },
      {
        before: [
          {
            name: 'give',
            type: 'suspend',
            properties: { duration: '1ms', message: 'x' },
            outputs: [
              {
                name: 'list',
                valueFrom: '[{id: "a", value: {cue: "1"}, pass: {op: "<", value: 3}, key: true, weight: 0}]',
              },
            ],
          },
        ],
        step: { inputs: [{ from: 'list', parameterKey: 'objectives' }] },
      },
    );
    expect(ending(executed)).toBe('failed/Action error shut');
    expect(messageOf(executed)).toMatch(/objectives\[0\]\.key: a key objective must count/);
  });
});

describe('comparison with earlier runs', { timeout }, () => {
  test('is with the newest that passed under the same policy', async () => {
    const own = await openTestSession();
    closers.push(() => own.close());
    const at = async (n: number): Promise<string> => {
      const objectives = [
        {
          id: 'n',
          value: { cue: 'values.n' },
          pass: [
            { of: 'percent', op: '<=', value: 10 },
            { op: '<', value: 1000 },
          ],
          compare: { onNoBaseline: 'absolute' },
        },
      ];
      return ending(await run({ objectives, values: { n } }, { on: own }));
    };
    expect(await at(100)).toBe('succeeded pass open');
    expect(await at(111)).toBe('failed/Action fail shut');
    // The run that failed is no measure for this one.
    expect(await at(110)).toBe('succeeded pass open');
    expect(await at(121)).toBe('succeeded pass open');
    expect(await at(134)).toBe('failed/Action fail shut');
    const [newest] = await own.verdicts.list({ namespace: 'default', gate: 'check', limit: 1 });
    expect(newest?.verdict.checks[0]?.baseline).toMatchObject({ value: 121 });
  });
});

describe('several measurements', { timeout }, () => {
  const metric = { metric: { provider: 'prom', query: 'errors' } };
  const policy = (url: string, samples: JsonObject): JsonObject => ({
    providers: { prom: { address: url } },
    objectives: [objective(metric, { samples })],
  });

  test('are made in their time, and the last one decides like the first', async () => {
    const server = await servePrometheus(['0'], ['0'], ['7']);
    closers.push(() => server.close());
    const executed = await run(policy(server.url, { count: 3, interval: '60ms' }));
    expect(ending(executed)).toBe('failed/Action fail shut');
    expect(messageOf(executed)).toMatch(/1 of 3 measurements failed/);
    expect(server.asked).toHaveLength(3);
  });

  test('a process that stops in between leaves them to the next one, with the same window', async () => {
    const server = await servePrometheus(['0']);
    closers.push(() => server.close());
    const stop = new AbortController();
    const objectives = policy(server.url, { count: 3, interval: '300ms' });
    const document = {
      apiVersion: 'core.oam.dev/v1alpha1',
      kind: 'WorkflowRun',
      metadata: { name: 'interrupted' },
      spec: {
        workflowSpec: {
          steps: [{ name: 'check', type: 'gate', properties: { subject: config, ...objectives } }],
        },
      },
    };
    const prepared = await session.prepare(requestFor([fileOf('run.yaml', JSON.stringify(document))]));
    const [ready] = prepared.runs;
    if (ready === undefined) throw new Error(JSON.stringify(prepared.faults));
    const observer = {
      onView: (view: Executed['view']) => {
        // Not within the decision that it is told of: the process ends between two of them.
        if (view.steps[0]?.message?.includes('1 of 3') === true) setImmediate(() => stop.abort());
      },
      onLog: () => undefined,
      onNotice: () => undefined,
    };
    const options = { leaveWhenSuspended: false, signal: stop.signal };
    const stopped = await session.execute(ready, observer, options);
    expect(stopped.end).toBe('stopped');
    const silent = { ...observer, onView: () => undefined };
    const signal = new AbortController().signal;
    const resumed = await session.resume(stopped.ref, silent, { leaveWhenSuspended: false, signal });
    expect(resumed?.view.phase).toBe('succeeded');
    expect(server.asked).toHaveLength(3);
    const [first = 0, second = 0, third = 0] = server.asked.map(({ time }) =>
      Math.round(Number(time) * 1000),
    );
    expect([second - first, third - first]).toEqual([300, 600]);
    const [stored] = await session.verdicts.list({ namespace: 'default', run: 'interrupted', limit: 1 });
    expect(stored?.verdict.window).toEqual({
      from: new Date(first).toISOString(),
      to: new Date(first + 600).toISOString(),
    });
  });
});

describe('where somebody can be asked', { timeout }, () => {
  const warm = objective({ cue: 'values.n' }, { warn: { op: '<', value: 5 } });

  /** Runs until the gate waits, does something with its verdict, and resumes it. */
  async function resumed(decide: (own: Session, id: string) => Promise<void>): Promise<string> {
    const own = await openTestSession({ isInteractive: true });
    closers.push(() => own.close());
    const steps = [
      { name: 'check', type: 'gate', properties: { subject: config, objectives: [warm], values: { n: 3 } } },
    ];
    const document = {
      apiVersion: 'core.oam.dev/v1alpha1',
      kind: 'WorkflowRun',
      metadata: { name: 'asked' },
      spec: { workflowSpec: { steps } },
    };
    const observer = { onView: () => undefined, onLog: () => undefined, onNotice: () => undefined };
    const options = { leaveWhenSuspended: true, signal: new AbortController().signal };
    const prepared = await own.prepare(requestFor([fileOf('run.yaml', JSON.stringify(document))]));
    const [ready] = prepared.runs;
    if (ready === undefined) throw new Error(JSON.stringify(prepared.faults));
    const waiting = await own.execute(ready, observer, options);
    expect(waiting.end).toBe('waiting');
    expect(waiting.view.steps[0]?.message).toMatch(/^warn .*sluice gate override asked check /);
    await decide(own, waiting.view.steps[0]?.notes?.verdict?.id ?? '');
    const result = await own.resume(waiting.ref, observer, options);
    if (result === undefined) throw new Error('it was not resumed');
    return ending({ ...result, logs: [], notices: [] });
  }

  test('a gate that is resumed as it is stays shut', async () => {
    expect(await resumed(async () => undefined)).toBe('failed/Action warn shut');
  });

  test('one that a person has opened by name goes on, with the outcome it had', async () => {
    const override = {
      by: 'ada',
      groups: ['release'],
      reason: 'seen',
      at: new Date().toISOString(),
      expires: new Date(Date.now() + 3_600_000).toISOString(),
      previousOutcome: 'warn',
    } as const;
    const end = await resumed(async (own, id) => void (await own.verdicts.override('default', id, override)));
    expect(end).toBe('succeeded warn open');
  });
});

test(
  'a verdict is about its subject, and a further attempt at the same one says so',
  { timeout },
  async () => {
    const executed = await run({ objectives: [objective({ cue: '0' })] }, { name: 'of-its-own' });
    expect(JSON.stringify(executed.object['status'])).toContain('"gate":"check"');
    expect(await verdictOf(executed)).toMatchObject({
      subject: { kind: 'Deployment', name: 'default/web', images: [{ name: 'nginx:1.27' }] },
      attempt: 1,
    });
    const again = await run({ objectives: [objective({ cue: '0' })] }, { name: 'of-its-own' });
    expect(await verdictOf(again)).toMatchObject({
      attempt: 2,
      previous: [executed.view.steps[0]?.notes?.verdict?.id],
    });
    const another = await run(
      { subject: config, objectives: [objective({ cue: '0' })] },
      { name: 'of-its-own' },
    );
    expect(await verdictOf(another)).toMatchObject({ attempt: 1, previous: [] });
  },
);
