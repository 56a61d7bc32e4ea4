import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { judge, type Evidence, type Kill } from './oracle.ts';
import type { ProviderCall } from './provider.ts';
import type { Call } from './proxy/call.ts';
import { factsOf } from './proxy/request-facts.ts';
import type { Expected } from './workflows.ts';

const expected: Expected = {
  end: 'succeeded',
  steps: { put: 'succeeded', post: 'succeeded' },
  effects: { put: 1, post: 1 },
  unknown: { post: { end: 'failed', steps: { put: 'succeeded', post: 'failed/Unknown' } } },
};

/** `put k1 100`: the provider got a call of this step under this key at this time. */
function call(text: string, seq: number): ProviderCall {
  const [step = '', key = '', at = ''] = text.split(' ');
  return {
    seq,
    arrivedMs: Number(at),
    run: 'r',
    step,
    method: 'PUT',
    key,
    digest: 'd',
    headers: {},
    body: '',
    answeredMs: undefined,
  };
}

/** `put=succeeded post=running 120`: this was stored at this time. */
function write(text: string, seq: number): Call {
  const words = text.split(' ');
  const pairs = words.slice(0, -1).map((word) => word.split('=') as [string, string]);
  return {
    ...factsOf('PATCH', '/apis/core.oam.dev/v1alpha1/namespaces/n/workflowruns/r/status', {}),
    seq,
    receivedMs: Number(words.at(-1)),
    body: '',
    serverStatus: 200,
    answeredMs: undefined,
    fault: undefined,
    stored: { steps: new Map(pairs), runPhase: 'executing', unanswered: undefined },
  };
}

function finished(phase: string, steps: Readonly<Record<string, string>>): KubeObject {
  const list = Object.entries(steps).map(([name, end]) => {
    const [stepPhase, reason] = end.split('/');
    return { name, phase: stepPhase, ...(reason === undefined ? {} : { reason }) };
  });
  return {
    kind: 'WorkflowRun',
    metadata: { name: 'r' },
    status: { status: phase, finished: true, steps: list },
  } as never;
}

const calm = finished('succeeded', { put: 'succeeded', post: 'succeeded' });
const unknown = finished('failed', { put: 'succeeded', post: 'failed/Unknown' });
const done = ['post=running put=succeeded 120', 'put=succeeded post=succeeded 150'];

const rows: readonly {
  readonly name: string;
  readonly provider: readonly string[];
  readonly writes: readonly string[];
  readonly kills?: readonly Kill[];
  readonly run?: KubeObject;
  readonly want: Readonly<Record<string, number>>;
  readonly isWrong?: boolean;
}[] = [
  { name: 'undisturbed', provider: ['put k1 110', 'post k2 130'], writes: done, want: {} },
  { name: 'lost', provider: ['post k2 130'], writes: done, want: { lost: 1 }, isWrong: true },
  {
    name: 'under two keys',
    provider: ['put k1 110', 'put k3 112', 'post k2 130'],
    writes: done,
    want: { doubled: 1 },
    isWrong: true,
  },
  {
    name: 'again after its record',
    provider: ['put k1 110', 'post k2 130', 'put k1 140'],
    writes: done,
    want: { doubled: 1 },
    isWrong: true,
  },
  {
    name: 'again after a death before its record',
    provider: ['put k1 110', 'put k1 118', 'post k2 130'],
    writes: done,
    kills: [{ sinceMs: 0, atMs: 112, nextStartMs: 114 }],
    want: { resent: 1, expectedResent: 1 },
  },
  {
    name: 'again without a death',
    provider: ['put k1 110', 'put k1 118', 'post k2 130'],
    writes: done,
    want: { resent: 1 },
    isWrong: true,
  },
  {
    name: 'not again after a death before its record',
    provider: ['put k1 110', 'post k2 130'],
    writes: done,
    kills: [{ sinceMs: 0, atMs: 112, nextStartMs: 114 }],
    want: { expectedResent: 1 },
    isWrong: true,
  },
  {
    name: 'an outcome that nobody knows',
    provider: ['put k1 110', 'post k2 130'],
    writes: done,
    kills: [{ sinceMs: 0, atMs: 135, nextStartMs: 140 }],
    run: unknown,
    want: {},
  },
  {
    name: 'an unknown outcome taken for a success',
    provider: ['put k1 110', 'post k2 130'],
    writes: done,
    kills: [{ sinceMs: 0, atMs: 135, nextStartMs: 140 }],
    want: { wrongEnd: 1 },
    isWrong: true,
  },
  {
    name: 'an unknown outcome where nothing was intended',
    provider: ['put k1 110'],
    writes: done,
    kills: [{ sinceMs: 0, atMs: 105, nextStartMs: 108 }],
    run: unknown,
    want: { lost: 1, wrongEnd: 1 },
    isWrong: true,
  },
  {
    name: 'an intent that nobody acted on',
    provider: ['put k1 110'],
    writes: done,
    kills: [{ sinceMs: 0, atMs: 125, nextStartMs: 126 }],
    run: unknown,
    want: {},
  },
];

describe('the oracle', () => {
  test.each(rows)('$name', ({ provider, writes, kills = [], run = calm, want, isWrong = false }) => {
    const evidence: Evidence = {
      run: 'r',
      expected,
      provider: provider.map(call),
      proxy: writes.map(write),
      kills,
      finished: run,
      objects: new Map(),
      user: 'u',
    };
    const { faults, ...verdict } = judge(evidence);
    expect(verdict).toEqual({ lost: 0, doubled: 0, resent: 0, expectedResent: 0, wrongEnd: 0, ...want });
    expect(faults.length > 0).toBe(isWrong);
  });
});
