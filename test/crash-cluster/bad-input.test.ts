import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { crdObjects } from '../../src/api/schema/crd/crd-objects.ts';
import { installCrds } from '../cluster/install-crds.ts';
import { Bench } from './bench.ts';
import { describeRun, phaseOf, stepsOf, statusOf } from './run-status.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
  await bench.ensureController();
  await bench.controller?.ready();
});
afterAll(() => bench.close());

const core = '/apis/core.oam.dev';
const runsOf = (namespace: string = bench.namespace): string =>
  `${core}/v1alpha1/namespaces/${namespace}/workflowruns`;

interface Spec {
  readonly name: string;
  readonly steps: readonly object[];
  readonly namespace?: string;
}

function runObject({ name, steps }: Spec): object {
  return {
    kind: 'WorkflowRun',
    apiVersion: 'core.oam.dev/v1alpha1',
    metadata: { name },
    spec: { workflowSpec: { steps } },
  };
}

async function create(spec: Spec): Promise<void> {
  await bench.api.do('POST', runsOf(spec.namespace), runObject(spec));
}

const put = (run: string, step: string, more: object = {}): object => ({
  name: step,
  type: 'request',
  properties: { url: `${bench.provider.url}/${run}/${step}`, method: 'PUT' },
  ...more,
});

/** Resolves when the provider has the call; it answers half a second later. */
async function under(run: string, step: string): Promise<void> {
  bench.provider.onArrival = () => bench.runs.lookAgain();
  await bench.until(`${run} to call ${step}`, () =>
    bench.provider.callsOf(run).find((call) => call.step === step),
  );
}

function slow(run: string): void {
  bench.provider.script(run, { slow: [{ delayMs: 700 }] });
}

describe('bad input ends in a stated phase', () => {
  test('an unknown step type', async () => {
    await create({ name: 'unknown-type', steps: [{ name: 'a', type: 'requst', properties: {} }] });
    const run = await bench.untilEnded('unknown-type');
    expect(describeRun(run)).toMatch(/^failed/);
    expect(JSON.stringify(run['status'])).toMatch(/requst.*request/s);
  });

  test('more steps than there may be', async () => {
    const steps = Array.from({ length: 1001 }, (_, i) => ({ name: `s${i}`, type: 'suspend' }));
    const { status, body } = await bench.api.send('POST', runsOf(), runObject({ name: 'too-many', steps }));
    expect([status, JSON.stringify(body)]).toEqual([422, expect.stringMatching(/1000|Too many/)]);
  });

  test('a spec that is edited while it runs is refused', async () => {
    slow('edited');
    await create({ name: 'edited', steps: [put('edited', 'slow')] });
    await under('edited', 'slow');
    const edit = { spec: { workflowSpec: { steps: [put('edited', 'other')] } } };
    expect((await bench.api.send('PATCH', `${runsOf()}/edited`, edit)).status).toBe(422);
    expect(phaseOf(await bench.untilEnded('edited'))).toBe('succeeded');
  });

  test('an edit that an older CRD lets through suspends the run', { timeout: 60_000 }, async () => {
    const crd = crdObjects().find(({ metadata }) => metadata.name === 'workflowruns.core.oam.dev');
    if (crd === undefined) throw new Error('no CRD');
    await installCrds(bench.api, [withoutRules(crd)]);
    try {
      slow('slipped');
      await create({ name: 'slipped', steps: [put('slipped', 'slow'), put('slipped', 'next')] });
      await under('slipped', 'slow');
      const edit = { spec: { workflowSpec: { steps: [put('slipped', 'slow'), put('slipped', 'other')] } } };
      // The server forgets the rule a moment after it was told to.
      await expect
        .poll(async () => (await bench.api.send('PATCH', `${runsOf()}/slipped`, edit)).status)
        .toBe(200);
      const run = await bench.until('the edited run to stop', () => {
        const seen = bench.runs.get('slipped');
        return seen !== undefined && ['suspending', 'failed'].includes(phaseOf(seen)) ? seen : undefined;
      });
      expect(JSON.stringify(run['status'])).toMatch(/spec/);
      expect(bench.provider.callsOf('slipped').map(({ step }) => step)).not.toContain('other');
    } finally {
      await installCrds(bench.api);
    }
    await bench.remove('slipped');
  });

  test('a run that is deleted in the middle of a step', async () => {
    slow('deleted');
    await create({ name: 'deleted', steps: [put('deleted', 'slow'), put('deleted', 'next')] });
    await under('deleted', 'slow');
    await bench.remove('deleted');
    await create({ name: 'after-deleted', steps: [put('after-deleted', 'a')] });
    await bench.untilEnded('after-deleted');
    await sleep(1000);
    expect(bench.provider.callsOf('deleted').map(({ step }) => step)).toEqual(['slow']);
  });

  test('a namespace that is being deleted', async () => {
    const namespace = await bench.place.newNamespace();
    slow('leaving');
    const made = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'made' } };
    const steps = [
      put('leaving', 'slow'),
      { name: 'make', type: 'apply-object', properties: { value: made } },
    ];
    await create({ name: 'leaving', namespace, steps });
    await under('leaving', 'slow');
    await bench.api.do('DELETE', `/api/v1/namespaces/${namespace}`);
    const run = await endedIn(namespace, 'leaving');
    expect(stepsOf(run).get('make')).toMatch(/^failed/);
    expect(JSON.stringify(run['status'])).toMatch(/being terminated/);
  });

  test(
    'a step type that is deleted while it is used, and the controller killed',
    { timeout: 60_000 },
    async () => {
      const definitions = `${core}/v1beta1/namespaces/${bench.namespace}/workflowstepdefinitions`;
      await bench.api.do('POST', definitions, definition('passing', 'first'));
      slow('pinned');
      await expect
        .poll(async () => {
          const name = `probe-${Math.floor(performance.now())}`;
          await create({ name, steps: [{ name: 'a', type: 'passing' }] });
          return phaseOf(await bench.untilEnded(name));
        })
        .toBe('succeeded');
      await create({ name: 'pinned', steps: [put('pinned', 'slow'), { name: 'a', type: 'passing' }] });
      await under('pinned', 'slow');
      await bench.api.do('DELETE', `${definitions}/passing`);
      bench.controller?.kill();
      await bench.replaceKilled(performance.now());
      const run = await bench.untilEnded('pinned');
      expect(phaseOf(run), describeRun(run)).toBe('succeeded');
      await create({ name: 'unpinned', steps: [{ name: 'a', type: 'passing' }] });
      expect(phaseOf(await bench.untilEnded('unpinned'))).toBe('failed');
    },
  );

  test.each<{ readonly name: string; readonly status: JsonObject }>([
    { name: 'said-done', status: { status: 'succeeded', finished: true } },
    { name: 'without-steps', status: { steps: [] } },
    { name: 'other-phase', status: { status: 'nonsense' } },
    { name: 'without-record', status: { sluice: null } },
    { name: 'broken-record', status: { sluice: { state: '{' } } },
    {
      name: 'step-failed',
      status: { steps: [{ id: 'x', name: 'nobody', type: 'request', phase: 'failed' }] },
    },
  ])('a status that somebody edits: $name', { timeout: 90_000 }, async ({ name, status }) => {
    const run = `byhand-${name}`;
    slow(run);
    await create({ name: run, steps: [put(run, 'slow'), put(run, 'next')] });
    await under(run, 'slow');
    const { status: code } = await bench.api.send('PATCH', `${runsOf()}/${run}/status`, { status });
    // Some of it the CRD refuses.
    expect([200, 422]).toContain(code);
    const ended = await bench.until(`${run} to end or stop`, () => {
      const seen = bench.runs.get(run);
      return seen !== undefined && (statusOf(seen).finished === true || phaseOf(seen) === 'suspending')
        ? seen
        : undefined;
    });
    await bench.quiet();
    expect(describeRun(ended)).not.toBe('');
    const keys = bench.provider.callsOf(run).map(({ step, key }) => `${step} ${key}`);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('a cluster that is not itself', () => {
  test('an API server that is away for a while', { timeout: 60_000 }, async () => {
    slow('away');
    await create({ name: 'away', steps: [put('away', 'slow'), put('away', 'next')] });
    await under('away', 'slow');
    bench.proxy.onCall = () => ({ type: 'break', isDone: false });
    bench.proxy.cutAll();
    await sleep(4000);
    bench.calm();
    expect(phaseOf(await bench.untilEnded('away'))).toBe('succeeded');
    expect(bench.provider.callsOf('away').map(({ step }) => step)).toEqual(['slow', 'next']);
  });

  test('credentials that are refused for a while', { timeout: 60_000 }, async () => {
    slow('expired');
    await create({ name: 'expired', steps: [put('expired', 'slow'), put('expired', 'next')] });
    await under('expired', 'slow');
    const refusal = { code: 401, reason: 'Unauthorized', message: 'Unauthorized' };
    bench.proxy.onCall = () => ({ type: 'refuse', refusal, isDone: false });
    await sleep(4000);
    bench.calm();
    expect(phaseOf(await bench.untilEnded('expired'))).toBe('succeeded');
    expect(bench.provider.callsOf('expired').map(({ step }) => step)).toEqual(['slow', 'next']);
  });

  test('after all that the controller lives and asks for little', { timeout: 60_000 }, async () => {
    expect(bench.controller?.ended).toBeUndefined();
    await bench.quiet();
    await sleep(3000);
    const sinceMs = performance.now();
    await sleep(10_000);
    const requests = bench.callsSince(sinceMs);
    expect(
      requests.filter(({ kind }) => kind !== 'lease').length,
      requests.map(({ path }) => path).join('\n'),
    ).toBeLessThan(10);
    expect(requests.length).toBeLessThan(20);
    expect(bench.controller?.output).not.toMatch(/\n\s+at .+:\d+:\d+/);
  });

  test('a CRD that is missing at the start', { timeout: 60_000 }, async () => {
    await bench.controller?.stop();
    await bench.freeLease();
    const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    await bench.api.do('DELETE', `${crds}/workflows.core.oam.dev`);
    await expect
      .poll(async () => (await bench.api.send('GET', `${crds}/workflows.core.oam.dev`)).status)
      .toBe(404);
    const controller = await bench.startController();
    await create({ name: 'too-early', steps: [put('too-early', 'a')] });
    try {
      await expect
        .poll(() => controller.output, { timeout: 20_000 })
        .toMatch(/workflows\.core\.oam\.dev is not installed/);
      expect((await controller.fetch('/readyz')).status).toBe(503);
    } finally {
      await installCrds(bench.api);
    }
    // It asks again, by itself.
    expect(phaseOf(await bench.untilEnded('too-early'))).toBe('succeeded');
    expect(controller.output).not.toMatch(/\n\s+at /);
  });
});

/** A CRD of before it fixed the spec of a run. */
function withoutRules(crd: KubeObject): KubeObject {
  return JSON.parse(
    JSON.stringify(crd, (key, value: unknown) => (key === 'x-kubernetes-validations' ? undefined : value)),
  ) as KubeObject;
}

async function endedIn(namespace: string, name: string): Promise<KubeObject> {
  let run: KubeObject | undefined;
  await expect
    .poll(
      async () => {
        run = (await bench.api.do('GET', `${runsOf(namespace)}/${name}`)) as unknown as KubeObject;
        return statusOf(run).finished;
      },
      { timeout: 60_000 },
    )
    .toBe(true);
  if (run === undefined) throw new Error(`no ${name}`);
  return run;
}

function definition(name: string, message: string): object {
  return {
    kind: 'WorkflowStepDefinition',
    apiVersion: 'core.oam.dev/v1beta1',
    metadata: { name },
    spec: {
      schematic: {
        sluice: {
          parameters: { type: 'object', properties: {} },
          ops: [{ id: 'log', op: 'log', with: { data: message } }],
        },
      },
    },
  };
}
