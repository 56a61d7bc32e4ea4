import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import type { KeptVerdict } from '../../src/api/kept-verdict.ts';
import type { Cluster } from '../../src/cluster/port.ts';
import { judgedObject } from '../../src/gate/judged-object.ts';
import { ops } from '../../src/ops/registry.ts';
import type { Op } from '../../src/ops/op.ts';
import { perform, type Perform } from '../../src/runner/perform.ts';
import { fakeCluster } from '../ops/fake-cluster.ts';
import { answering, testContext } from '../ops/context.ts';

const at = Date.parse('2026-01-31T12:00:00Z');
const web = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'web' },
  data: { color: 'green' },
} satisfies JsonObject;
const other = { ...web, data: { color: 'blue' } } satisfies JsonObject;

const verdict: KeptVerdict = {
  id: 'v1',
  gate: 'quality',
  outcome: 'pass',
  open: true,
  mode: 'enforce',
  score: 100,
  threshold: 80,
  subject: { name: 'web', digest: 'sha256:0', objects: [judgedObject(web, 'team')] },
  at: '2026-01-31T11:59:00Z',
  expires: '2026-01-31T12:59:00Z',
  override: null,
  reasons: [],
};

interface Asked {
  readonly op?: string;
  readonly params: JsonObject;
  readonly verdicts?: readonly KeptVerdict[];
  /** The clock moves on so much before the effect is performed. */
  readonly laterMs?: number;
  readonly more?: Op;
}

/** Performs an op of a step that requires `quality`; which clusters were opened, and what was applied there and sent. */
async function performed({ op = 'apply', params, verdicts = [verdict], laterMs = 0, more }: Asked) {
  const opened: string[] = [];
  const applied: string[] = [];
  const http = answering(() => ({}));
  const cluster: Cluster = {
    ...fakeCluster(),
    apply: async (object) => {
      applied.push(object.metadata.name ?? '');
      return object;
    },
  };
  const shared = testContext({ http });
  const effect: Perform = {
    kind: 'perform',
    step: 'deploy',
    key: 'n/deploy/apply/1',
    op,
    path: 'apply',
    params,
    storeFirst: false,
    ...(verdicts.length === 0
      ? {}
      : { verdicts: verdicts.map((each) => ({ gate: 'quality', verdict: each })) }),
  };
  const event = await perform(
    effect,
    {
      ...shared,
      ops: more === undefined ? ops : new Map([...ops, [more.name, more]]),
      runId: 'uid-1',
      stepName: (path) => path,
      now: () => at + laterMs,
      cluster: async (name) => {
        opened.push(name);
        return cluster;
      },
    },
    shared.signal,
  );
  if (event.kind !== 'op') throw new Error(event.kind);
  return { outcome: event.outcome, opened, applied, sent: http.sent };
}

const refusedBy = (code: string): object => ({
  kind: 'error',
  class: 'terminal',
  refused: { gate: 'quality', code },
});

describe('what a step that requires a gate may do', () => {
  test('apply exactly what was judged, wherever', async () => {
    const { outcome, opened, applied } = await performed({ params: { cluster: 'prod', value: web } });
    expect(outcome).toMatchObject({ kind: 'ok', result: { subject: judgedObject(web, 'team') } });
    expect([opened, applied]).toEqual([['prod'], ['web']]);
  });

  test.each<Asked & { readonly name: string; readonly code: string }>([
    { name: 'another digest', params: { value: other }, code: 'OtherSubject' },
    {
      name: 'another name',
      params: { value: { ...web, metadata: { name: 'api' } } },
      code: 'OtherSubject',
    },
    {
      name: 'another namespace',
      params: { value: { ...web, metadata: { name: 'web', namespace: 'kube-system' } } },
      code: 'OtherSubject',
    },
    {
      name: 'a finalizer that was not judged',
      params: { value: { ...web, metadata: { name: 'web', finalizers: ['a.example/keep'] } } },
      code: 'OtherSubject',
    },
    {
      name: 'an owner that was not judged',
      params: { value: { ...web, metadata: { name: 'web', ownerReferences: [{ name: 'x' }] } } },
      code: 'OtherSubject',
    },
    { name: 'a status', params: { value: { ...web, status: { phase: 'fine' } } }, code: 'UnjudgedStatus' },
    {
      name: 'of a list, one object that was not judged',
      op: 'apply-in-parallel',
      params: { value: [web, other] },
      code: 'OtherSubject',
    },
    {
      name: 'a verdict about nothing',
      params: { value: web },
      verdicts: [{ ...verdict, subject: { ...verdict.subject, objects: [] } }],
      code: 'OtherSubject',
    },
    {
      name: 'of two gates, one that judged something else',
      params: { value: web },
      verdicts: [
        verdict,
        { ...verdict, subject: { ...verdict.subject, objects: [judgedObject(other, 'team')] } },
      ],
      code: 'OtherSubject',
    },
    {
      name: 'a verdict that ended meanwhile',
      params: { value: web },
      laterMs: 3_600_000,
      code: 'VerdictExpired',
    },
    {
      name: 'a clock that went back',
      params: { value: web },
      laterMs: -3_600_000,
      code: 'VerdictOfTheFuture',
    },
    {
      name: 'a closed verdict',
      params: { value: web },
      verdicts: [{ ...verdict, open: false, outcome: 'warn' }],
      code: 'GateNotOpen',
    },
    {
      name: 'a patch behind a closed verdict',
      op: 'patch',
      params: { value: web, patch: { data: {} } },
      verdicts: [{ ...verdict, open: false }],
      code: 'GateNotOpen',
    },
    {
      name: 'a deletion after its end',
      op: 'delete',
      params: { value: web },
      laterMs: 3_600_000,
      code: 'VerdictExpired',
    },
    {
      name: 'even reading there after its end',
      op: 'read',
      params: { value: web },
      laterMs: 3_600_000,
      code: 'VerdictExpired',
    },
    {
      name: 'a request behind a closed verdict',
      op: 'http',
      params: { method: 'POST', url: 'https://deploy.example/' },
      verdicts: [{ ...verdict, open: false }],
      code: 'GateNotOpen',
    },
  ])('not $name', async ({ code, ...asked }) => {
    const { outcome, opened, applied, sent } = await performed(asked);
    expect(outcome).toMatchObject(refusedBy(code));
    // Nothing was begun: not even the way to the cluster was looked for.
    expect([opened, applied, sent]).toEqual([[], [], []]);
  });

  test.each([
    ['patch', { value: web, patch: { data: {} } }],
    ['delete', { value: web }],
  ] as const)('%s what nobody judged, while the gate is open', async (op, params) => {
    const { opened } = await performed({ op, params });
    expect(opened).toEqual(['']);
  });

  test('an op that makes nothing of a refusal does not get past it', async () => {
    const deaf: Op = {
      ...(ops.get('apply') as Op),
      name: 'deaf',
      perform: async (_params, context) => {
        try {
          context.admit([other]);
        } catch {
          // It goes on.
        }
        return { kind: 'ok', result: {} };
      },
    };
    const { outcome } = await performed({ op: 'deaf', params: {}, more: deaf });
    expect(outcome).toMatchObject(refusedBy('OtherSubject'));
  });

  test('a step that requires nothing applies what it likes', async () => {
    const { outcome, applied } = await performed({ params: { value: other }, verdicts: [] });
    expect(outcome.kind).toBe('ok');
    expect(applied).toEqual(['web']);
  });
});

test('labels and annotations of the run itself, and of kubectl, make no other object', () => {
  const marked = {
    ...web,
    metadata: {
      name: 'web',
      namespace: 'team',
      labels: { 'workflowrun.oam.dev/name': 'demo' },
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
    },
  };
  expect(judgedObject(marked, 'team').digest).toBe(judgedObject(web, 'team').digest);
});
