import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { InputFile, RunResult, Session } from '../../src/runner/session.ts';
import { execute, fileOf, openTestSession } from '../session/open-test-session.ts';

const folder = join(import.meta.dirname, '../../examples');
const example = (name: string): InputFile => fileOf(`examples/${name}`, readFileSync(join(folder, name)));
const noOptions = { definitions: [], require: [], timeoutMs: undefined, context: [], strict: true } as const;

const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' });
const files = entries.filter((name) => /(?<!\.test)\.(?:ya?ml|cue)$/.test(name));
const isStepType = (name: string): boolean => name.endsWith('.cue') || name.startsWith('step-types/');

let session: Session;
beforeEach(async () => {
  session = await openTestSession();
});
afterEach(() => session.close());

describe('vet has nothing to say about', () => {
  test.each(files)('%s', async (name) => {
    const { faults } = isStepType(name)
      ? await session.vetDefinitions([example(name)])
      : await session.prepare({ ...noOptions, files: [example(name)] });
    // It writes its request to the model itself, as KubeVela's does.
    const expected = name === 'chat-gpt.cue' ? ['UnmaskedModelCall'] : [];
    expect(faults.map(({ code }) => code)).toEqual(expected);
  });
});

test('every example names its schema, but those that are shown as KubeVela has them', () => {
  const named = files.filter((name) => name.endsWith('.yaml') && !name.startsWith('chat-gpt'));
  for (const name of named) {
    const schema = /^# yaml-language-server: \$schema=(\S+)\n/.exec(
      readFileSync(join(folder, name), 'utf8'),
    )?.[1];
    expect(schema, name).toBeDefined();
    const target = join(folder, name, '..', schema ?? '');
    expect(JSON.parse(readFileSync(target, 'utf8')), name).toHaveProperty('title');
  }
});

test('required-gate: the run has passed exactly when production was reached', async () => {
  const run = await execute(session, [example('required-gate.yaml')]);
  const [apply, check, production] = run.view.steps;
  expect([apply?.phase, check?.phase]).toEqual(['succeeded', 'succeeded']);
  const prod = await session.clusters.get('prod');
  const deployments = await prod.list({ apiVersion: 'apps/v1', kind: 'Deployment' });
  const isReached = production?.phase === 'succeeded';
  expect(deployments.map(({ metadata }) => metadata.name)).toEqual(isReached ? ['apply-production'] : []);
  expect(run.view.unmet).toEqual(isReached ? [] : ['apply-production']);
});

test.each([
  [0, ['succeeded', 'succeeded', 'succeeded'], ['shop']],
  [2, ['succeeded', 'failed', 'skipped'], []],
])('gate: with %s failed tests', { timeout: 30_000 }, async (failed, expected, inProduction) => {
  const context = [{ path: ['tests', 'failed'], value: failed }];
  const run = await execute(session, [example('gate.yaml')], { context });
  expect(run.view.steps.map(({ phase }) => phase)).toEqual(expected);
  expect(run.view.isGateClosed).toBe(failed > 0);
  const deployments = await (
    await session.clusters.get('prod')
  ).list({ apiVersion: 'apps/v1', kind: 'Deployment' });
  expect(deployments.map(({ metadata }) => metadata.name)).toEqual(inProduction);
});

test('release: waits for a person between test and production', async () => {
  const { runs } = await session.prepare({ ...noOptions, files: [example('release.yaml')] });
  const [prepared] = runs;
  if (prepared === undefined) throw new Error('refused');
  const options = { leaveWhenSuspended: true, signal: new AbortController().signal };
  const held = await session.execute(prepared, silent, options);
  expect(held.end).toBe('waiting');
  expect(phases(held)).toBe('stage succeeded, approve suspending, production pending, report pending');
  const done = await session.resume(held.ref, silent, options);
  expect(done === undefined ? '' : phases(done)).toBe(
    'stage succeeded, approve succeeded, production succeeded, report succeeded',
  );
});

test.each(['yaml', 'cue'])(
  'step-types/hello.%s: greets in the log, in an output and in a ConfigMap',
  async (format) => {
    const greet = fileOf(
      'greet.yaml',
      `apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata: {name: greet}
spec:
  workflowSpec:
    steps:
      - {name: greet, type: hello, properties: {who: world}, outputs: [{name: greeting, valueFrom: text}]}
      - {name: show, type: print-message-in-status, inputs: [{from: greeting, parameterKey: message}], properties: {}}
`,
    );
    const run = await execute(session, [greet], { definitions: [example(`step-types/hello.${format}`)] });
    expect(run.logs.map(({ step, text }) => `${step}: ${text}`)).toEqual(['greet: Hello, world!']);
    expect(run.view.steps.map(({ message }) => message)).toEqual([undefined, 'Hello, world!']);
    const home = await session.clusters.get('');
    const card = await home.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'greet' });
    expect(card?.['data']).toEqual({ text: 'Hello, world!' });
  },
);

const silent = { onView: () => undefined, onLog: () => undefined, onNotice: () => undefined };

function phases({ view }: RunResult): string {
  return view.steps.map(({ name, phase }) => `${name} ${phase}`).join(', ');
}

test.each([
  ['nginx:1.27.2', 'succeeded', 'deploy succeeded, roll-back skipped, report succeeded', ['deploy']],
  ['shop.invalid/web:2', 'failed', 'deploy failed, roll-back succeeded, report succeeded', []],
])('handlers: with the image %s', { timeout: 30_000 }, async (image, outcome, expected, left) => {
  const context = [{ path: ['image'], value: image }];
  const run = await execute(session, [example('handlers.yaml')], { context });
  expect([run.view.phase, phases(run)]).toEqual([outcome, expected]);
  expect(run.view.steps.at(-1)?.message).toBe(outcome);
  const prod = await session.clusters.get('prod');
  const deployments = await prod.list({ apiVersion: 'apps/v1', kind: 'Deployment' });
  expect(deployments.map(({ metadata }) => metadata.name)).toEqual(left);
});

test.each([
  ['nginx:1.27.2', 'succeeded', 'eu: 2 ready'],
  ['', 'failed', 'step deploy failed'],
])('for-each: with the image "%s"', { timeout: 30_000 }, async (image, outcome, report) => {
  const context = [{ path: ['image'], value: image }];
  const run = await execute(session, [example('for-each.yaml')], { context });
  expect(run.view.phase).toBe(outcome);
  const [deploy, told, settings] = run.view.steps;
  const items = deploy?.subSteps.map(({ path, phase }) => `${path} ${phase}`);
  expect(items).toEqual([`deploy[0] ${outcome}`, 'deploy[1] skipped', `deploy[2] ${outcome}`]);
  expect(told?.message).toBe(report);
  const isFine = outcome === 'succeeded';
  expect(settings?.subSteps.map(({ path }) => path)).toEqual(
    isFine ? ['settings[0]', 'settings[1]', 'settings[2]'] : [],
  );
  const maps = await (await session.clusters.get('eu')).list({ apiVersion: 'v1', kind: 'ConfigMap' });
  expect(maps.map(({ metadata, data }) => [metadata.name, data])).toEqual(
    isFine
      ? [
          ['canary', { stage: 'canary' }],
          ['stable', { stage: 'stable' }],
        ]
      : [],
  );
});

test('concurrency: runs of the group at the same time are at work one after the other', async () => {
  const runs = await Promise.all([1, 2, 3].map(() => execute(session, [example('concurrency.yaml')])));
  const spans = runs
    .map(({ view }) => [view.startedAtMs, view.endedAtMs ?? Number.POSITIVE_INFINITY] as const)
    .toSorted(([a], [b]) => a - b);
  expect(runs.map(({ view }) => view.phase)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  expect(spans.every(([begun], at) => begun >= (spans[at - 1]?.[1] ?? 0))).toBe(true);
});

test.each([
  ['nginx:1.27.2', ['eu succeeded', 'us succeeded', 'report succeeded']],
  ['', ['eu failed', 'us skipped', 'report skipped']],
])('reuse: with the image "%s"', { timeout: 30_000 }, async (image, expected) => {
  const context = [{ path: ['image'], value: image }];
  const run = await execute(session, [example('reuse.yaml')], { context });
  expect(run.view.steps.map(({ name, phase }) => `${name} ${phase}`)).toEqual(expected);
  const isFine = image !== '';
  expect(run.view.steps.at(-1)?.message === 'eu: 2 ready').toBe(isFine);
  const maps = await (await session.clusters.get('us')).list({ apiVersion: 'v1', kind: 'ConfigMap' });
  expect(maps.map(({ data }) => data)).toEqual(isFine ? [{ ready: 'us: 1 ready' }] : []);
});

test.each([
  ['nginxinc/nginx-unprivileged:1.27.2', ['succeeded', 'succeeded', 'succeeded', 'succeeded'], ['shop']],
  ['ngnix:1', ['succeeded', 'succeeded', 'failed', 'skipped'], []],
])('analyze-gate: with image %s', { timeout: 30_000 }, async (image, expected, inProduction) => {
  const text = new TextDecoder().decode(example('analyze-gate.yaml').bytes).replace('wait: 20s', 'wait: 6s');
  const context = [{ path: ['image'], value: image }];
  const run = await execute(session, [fileOf('analyze-gate.yaml', text)], { context });
  expect(run.view.steps.map(({ phase }) => phase)).toEqual(expected);
  const prod = await session.clusters.get('prod');
  const deployments = await prod.list({ apiVersion: 'apps/v1', kind: 'Deployment' });
  expect(deployments.map(({ metadata }) => metadata.name)).toEqual(inProduction);
});

test.each([
  [10_001, ['succeeded', 'succeeded', 'succeeded'], ['shop']],
  [0, ['succeeded', 'failed', 'skipped'], []],
])('audit-gate: with user %s', { timeout: 30_000 }, async (user, expected, deployed) => {
  const context = [{ path: ['user'], value: user }];
  const run = await execute(session, [example('audit-gate.yaml')], { context });
  expect(run.view.steps.map(({ phase }) => phase)).toEqual(expected);
  const home = await session.clusters.get('');
  const deployments = await home.list({ apiVersion: 'apps/v1', kind: 'Deployment' });
  expect(deployments.map(({ metadata }) => metadata.name)).toEqual(deployed);
});
