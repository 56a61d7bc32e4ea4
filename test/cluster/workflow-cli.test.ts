import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { encodeAttachment } from '../../src/store/cluster/attachment.ts';
import { sluice } from '../crash/sluice-process.ts';
import { ended, executing, FakedRuns, record, runText, step, watchOutput } from './faked-runs.ts';
import { installCrds } from './install-crds.ts';
import { KubeApi } from './kube-api.ts';
import { accessOf, realClusters } from './real-clusters.ts';
import { closedPort, Relay } from './relay.ts';
import { placeFlags, Workbench } from './run-sluice.ts';
import { kubeconfigWithServerAt } from './temporary-kubeconfig.ts';

// The statuses are written by the tests, in the place of a controller.
const api = new KubeApi('main');
const bench = new Workbench();
let runs: FakedRuns;

const emptied = { status: '', mode: {}, suspend: false, terminated: false, finished: false };
const debugging = { 'workflowrun.oam.dev/debug': 'true' };

beforeAll(async () => {
  await installCrds(api);
  runs = new FakedRuns(api, await api.newNamespace());
});
afterAll(async () => {
  await api.close();
  bench.remove();
});

describe('reading', () => {
  beforeAll(async () => {
    await runs.make('seen', executing([step('first', 'succeeded'), step('second', 'running')]));
    await runs.make('fresh');
    await runs.make('theirs', { ...executing([step('first', 'running')]), sluice: null });
  });

  test('list is a table of the namespace, and names the place first', async () => {
    const { code, stdout, stderr } = await runs.cli('workflow', 'list');
    expect(stderr.split('\n')[0]).toBe(`cluster: context main, namespace ${runs.namespace}`);
    const rows = stdout.split('\n').map((line) => line.split(/ {2,}/));
    expect(rows[0]).toEqual(['NAME', 'NAMESPACE', 'PHASE', 'STEPS', 'AGE', 'DURATION']);
    const byName = Object.fromEntries(rows.map(([name, ...rest]) => [name, rest]));
    expect(byName['seen']).toEqual(expect.arrayContaining([runs.namespace, 'executing', '1/3']));
    expect(byName['fresh']).toEqual(expect.arrayContaining(['initializing', '0/3']));
    expect(code).toBe(0);
  });

  test('a list of more than a page is whole, newest first', { timeout: 60_000 }, async () => {
    const many = new FakedRuns(api, await api.newNamespace());
    const names = Array.from({ length: 120 }, (_, index) => `run-${index}`);
    await Promise.all(names.map((name) => many.make(name)));
    await many.write('run-7', { ...executing([]), startTime: '2036-01-01T10:00:00Z' });
    const { stdout } = await many.cli('workflow', 'list', '-o', 'json');
    const all = JSON.parse(stdout) as readonly { readonly name: string }[];
    expect(all.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
    expect(all[0]?.name).toBe('run-7');
  });

  test('list -A -o json is a list of all namespaces', async () => {
    const { stdout } = await runs.cli('workflow', 'list', '-A', '-o', 'json');
    const all = JSON.parse(stdout) as readonly { readonly name: string; readonly namespace: string }[];
    expect(all).toContainEqual(expect.objectContaining({ name: 'seen', namespace: runs.namespace }));
  });

  test('status is the tree, and says who drives the run', async () => {
    const { stdout } = await runs.cli('workflow', 'status', 'seen');
    expect(stdout).toContain(`workflowrun ${runs.namespace}/seen`);
    expect(stdout).toMatch(/driven +by Sluice's controller/);
    expect(stdout).toMatch(/first .*\n.*second .*\n.*third .*waits for second/);
  });

  test('status of a run that nobody took yet, and of one that KubeVela drives', async () => {
    expect((await runs.cli('workflow', 'status', 'fresh')).stdout).toMatch(
      /created .*\n.*driven +by no controller yet/,
    );
    expect((await runs.cli('workflow', 'status', 'theirs')).stdout).toMatch(
      /driven +by KubeVela's controller/,
    );
  });

  test('status -o json is the object without what only controllers read', async () => {
    const { stdout } = await runs.cli('workflow', 'status', 'seen', '-o', 'json');
    const { metadata, status } = JSON.parse(stdout) as { metadata: JsonObject; status: JsonObject };
    expect(status).toMatchObject({ status: 'executing', finished: false });
    expect([metadata['managedFields'], status['sluice']]).toEqual([undefined, undefined]);
  });

  test('logs come out of the status', async () => {
    const { code, stdout } = await runs.cli('workflow', 'logs', 'seen');
    expect([code, stdout]).toEqual([0, 'first │ hello from first\n']);
    const none = await runs.cli('workflow', 'logs', 'seen', '-s', 'second');
    expect([none.code, none.stdout]).toEqual([0, '']);
  });

  test('logs come out of an attachment', async () => {
    const { logs, ...rest } = record;
    await api.do('POST', `/api/v1/namespaces/${runs.namespace}/configmaps`, {
      metadata: { name: 'seen-data' },
      binaryData: { 'logs-1': encodeAttachment(JSON.stringify([{ ...logs[0], text: 'from afar' }])) },
    });
    const logsIn = { kind: 'ConfigMap', name: 'seen-data', key: 'logs-1' };
    await runs.make('far', { ...executing([step('first', 'running')]), sluice: { ...rest, logsIn } });
    expect((await runs.cli('workflow', 'logs', 'far', '-o', 'raw')).stdout).toBe('from afar\n');
  });

  test('logs whose object is gone are an error that names it', async () => {
    const { logs: _logs, ...rest } = record;
    const logsIn = { kind: 'ConfigMap', name: 'never-made', key: 'logs-1' };
    await runs.make('torn', { ...executing([step('first', 'running')]), sluice: { ...rest, logsIn } });
    const { code, stderr } = await runs.cli('workflow', 'logs', 'torn');
    expect(stderr).toContain(`the ConfigMap ${runs.namespace}/never-made, which keeps a part of run torn,`);
    expect(code).toBe(1);
  });

  test('logs of a run that KubeVela drives are not kept with it', async () => {
    const { code, stderr } = await runs.cli('workflow', 'logs', 'theirs');
    expect(stderr).toContain('which keeps no logs with a run\n');
    expect(code).toBe(2);
  });

  test('logs --follow ends with the run', async () => {
    await runs.make('followed', executing([step('first', 'running')]));
    const following = runs.start('workflow', 'logs', 'followed', '-f');
    await following.saw('hello from first');
    const logs = [...record.logs, { ...record.logs[0], key: '2', text: 'and more' }];
    await runs.write('followed', { ...ended('succeeded'), sluice: { ...record, logs } });
    const { code, stdout } = await following.ended;
    expect([code, stdout]).toEqual([0, 'first │ hello from first\nfirst │ and more\n']);
  });

  test('status --watch shows each change and ends with the run', async () => {
    await runs.make('watched', executing([step('first', 'running')]));
    const watching = runs.start('workflow', 'status', 'watched', '-w');
    await watching.saw('first (suspend) running');
    await runs.write('watched', executing([step('first', 'succeeded'), step('second', 'running')]));
    await watching.saw('second (suspend) running');
    await runs.write('watched', ended('failed'));
    const { code, stdout } = await watching.ended;
    expect([code, /phase +failed/.test(stdout)]).toEqual([0, true]);
  });

  test('debug needs the annotation, and shows what the state knows', async () => {
    const refused = await runs.cli('workflow', 'debug', 'seen');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(
      'workflow seen is not in debug mode, please make sure your workflow have the debug annotation [workflowrun.oam.dev/debug:true] then re-run the workflow',
    );
    const state = {
      schema: 1,
      outputs: {
        score: { value: 7, step: 'first', sensitive: false },
        key: { value: 'hidden-value', step: 'first', sensitive: true },
      },
      steps: {
        second: {
          stage: { kind: 'turn' },
          attempt: 2,
          recorded: [{ path: 'get', op: 'http', style: 'returns', result: { status: 200 } }],
        },
      },
    };
    const status = executing([step('first', 'succeeded'), step('second', 'running')]);
    await runs.make('open', { ...status, sluice: { ...record, state: JSON.stringify(state) } }, debugging);
    const { stdout } = await runs.cli('workflow', 'debug', 'open', '-o', 'json');
    expect(JSON.parse(stdout)).toEqual([
      expect.objectContaining({ path: 'first', outputs: { score: 7, key: '***' } }),
      expect.objectContaining({
        path: 'second',
        attempt: 2,
        recorded: [{ path: 'get', op: 'http', result: { status: 200 } }],
      }),
      expect.objectContaining({ path: 'third', phase: 'pending' }),
    ]);
  });

  test("debug shows KubeVela's own text of a run that it drives", async () => {
    const status = { ...executing([step('first', 'running')]), sluice: null };
    const run = await runs.make('vela', status, debugging);
    const uid = run.metadata.uid ?? '';
    await api.do('POST', `/api/v1/namespaces/${runs.namespace}/configmaps`, {
      metadata: { name: `vela-id-first-debug-${uid.slice(-5)}` },
      data: { debug: 'message: "told"' },
    });
    expect((await runs.cli('workflow', 'debug', 'vela', '-s', 'first')).stdout).toContain('message: "told"');
  });
});

describe('steering', () => {
  test('suspend, resume and terminate are what vela writes', async () => {
    await runs.make('steered', executing([step('first', 'succeeded'), step('second', 'running')]));
    const suspended = await runs.cli('workflow', 'suspend', 'steered');
    expect([suspended.code, suspended.stdout]).toEqual([0, 'Successfully suspend workflow: steered\n']);
    expect(await runs.status('steered')).toMatchObject({
      suspend: true,
      steps: [{ phase: 'succeeded' }, { phase: 'suspending' }],
      sluice: { write: 'w1' },
    });
    await runs.cli('workflow', 'resume', 'steered');
    expect(await runs.status('steered')).toMatchObject({
      suspend: false,
      steps: [{ phase: 'succeeded' }, { phase: 'running' }],
    });
    await runs.cli('workflow', 'terminate', 'steered');
    expect(await runs.status('steered')).toMatchObject({
      terminated: true,
      suspend: false,
      steps: [{ phase: 'succeeded' }, { phase: 'failed', reason: 'Terminate' }],
    });
  });

  test('one step can be suspended and resumed', async () => {
    await runs.make('partly', executing([step('first', 'running'), step('second', 'running')]));
    await runs.cli('workflow', 'suspend', 'partly', '-s', 'second');
    expect(await runs.phases('partly')).toEqual(['running', 'suspending']);
    await runs.cli('workflow', 'resume', 'partly', '-s', 'second');
    expect(await runs.phases('partly')).toEqual(['running', 'running']);
    const unknown = await runs.cli('workflow', 'suspend', 'partly', '-s', 'nope');
    expect([unknown.code, unknown.stderr.includes('Those that have: first, second')]).toEqual([2, true]);
  });

  test('a run that nobody took yet can be suspended', async () => {
    await runs.make('early');
    expect((await runs.cli('workflow', 'suspend', 'early')).code).toBe(0);
    expect(await runs.status('early')).toMatchObject({ suspend: true, finished: false });
  });

  test('restart empties the status of a finished run', async () => {
    await runs.make('again', ended('failed'));
    const { code, stdout } = await runs.cli('workflow', 'restart', 'again');
    expect([code, stdout]).toEqual([0, 'Successfully restart workflow: again\n']);
    expect(await runs.status('again')).toEqual(emptied);
  });

  test('restart from a failed step drops it and those after it', async () => {
    const steps = [step('first', 'succeeded'), step('second', 'failed', 'Action'), step('third', 'skipped')];
    await runs.make('from', ended('failed', steps));
    expect((await runs.cli('workflow', 'restart', 'from', '-s', 'first')).stderr).toContain(
      'can not restart from a non-failed step',
    );
    await runs.cli('workflow', 'restart', 'from', '-s', 'second');
    const status = await runs.status('from');
    expect(status).toMatchObject({ finished: false, terminated: false, suspend: false });
    expect([status['endTime'], await runs.phases('from')]).toEqual([undefined, ['succeeded']]);
  });

  test.each(['suspend', 'resume', 'terminate'])('what has ended is refused: %s', async (verb) => {
    const name = `over-${verb}`;
    await runs.make(name, ended('succeeded'));
    const { code, stderr } = await runs.cli('workflow', verb, name);
    expect([code, stderr.includes(`can not ${verb} a succeeded workflow: ${name}`)]).toEqual([2, true]);
  });

  test('a status that changes all the time does not lose the command', async () => {
    await runs.make('busy', executing([step('first', 'running')]));
    const stop = new AbortController();
    const writing = (async () => {
      for (let i = 0; !stop.signal.aborted; i++) await runs.write('busy', { message: `look ${i}` });
    })();
    const { code } = await runs.cli('workflow', 'suspend', 'busy');
    stop.abort();
    await writing;
    expect([code, await runs.phases('busy')]).toEqual([0, ['suspending']]);
  });

  test('delete looks up every name first', async () => {
    await runs.make('gone');
    expect((await runs.cli('workflow', 'delete', 'gone', 'never')).code).toBe(2);
    const { code, stdout } = await runs.cli('workflow', 'delete', 'gone');
    expect([code, stdout]).toEqual([0, `workflowrun ${runs.namespace}/gone deleted\n`]);
    expect((await api.send('GET', runs.path('gone'))).status).toBe(404);
  });
});

describe('workflow run', () => {
  test('creates the run, with what the command line adds in its object', async () => {
    const file = bench.write(runText({ name: 'made' }));
    const words = ['--require', 'first', '--timeout', '90s', '--set', 'context.env=test'];
    const { code, stdout } = await runs.cli('workflow', 'run', file, ...words);
    expect([code, stdout]).toEqual([0, 'workflowrun made created\n']);
    expect((await api.do('GET', runs.path('made'))) as unknown).toMatchObject({
      metadata: { annotations: { 'sluice.dev/require': 'first' } },
      spec: { timeout: '90000ms', context: { env: 'test' } },
    });
  });

  test('creates a run with what gates bind, where the CRD keeps it', async () => {
    const file = bench.write(`
apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata: {name: bound}
spec:
  workflowSpec:
    steps:
    - name: quality
      type: gate
      properties: {subject: app, objectives: [{id: up, value: {cue: 1 > 0}, pass: {op: ==, value: 1}}]}
    - name: both
      type: step-group
      subSteps:
      - {name: deploy, type: suspend, requires: [quality]}
`);
    expect(await runs.cli('workflow', 'run', file)).toMatchObject({ code: 0 });
    expect((await api.do('GET', runs.path('bound'))) as unknown).toMatchObject({
      spec: { workflowSpec: { steps: [{}, { subSteps: [{ requires: ['quality'] }] }] } },
    });
  });

  test('makes a name from generateName', async () => {
    const file = bench.write(runText({ generateName: 'made-' }));
    const { stdout } = await runs.cli('workflow', 'run', file, '-o', 'json');
    const { metadata } = JSON.parse(stdout) as KubeObject;
    expect(metadata.name).toMatch(/^made-[a-z0-9]{5}$/);
  });

  test('refuses what cannot run there, with its place, and creates nothing', async () => {
    const file = bench.write(runText({ name: 'faulty', type: 'no-such-type' }));
    const { code, stderr } = await runs.cli('workflow', 'run', file);
    expect(stderr).toMatch(/run\.yaml:\d+:\d+: error UnknownStepType/);
    expect([code, (await api.send('GET', runs.path('faulty'))).status]).toEqual([2, 404]);
  });

  test('what the API server itself refuses was refused before anything ran', async () => {
    // The plan knows nothing of labels.
    const text = runText({ name: 'labelled' }).replace('spec:', '  labels: {a: "no label!"}\nspec:');
    const { code, stderr } = await runs.cli('workflow', 'run', bench.write(text));
    expect(stderr).toContain('WorkflowRun.core.oam.dev "labelled" is invalid: metadata.labels');
    expect(code).toBe(2);
  });

  test('refuses a run that has not finished, and replaces one that has', async () => {
    await runs.make('taken', executing([step('first', 'running')]));
    const file = bench.write(runText({ name: 'taken' }));
    const refused = await runs.cli('workflow', 'run', file);
    expect([refused.code, refused.stderr.includes('has not finished: it is executing')]).toEqual([2, true]);
    const before = await api.do('GET', runs.path('taken'));
    await runs.write('taken', ended('succeeded'));
    const { code, stderr } = await runs.cli('workflow', 'run', file);
    expect(stderr).toContain(`note: the run ${runs.namespace}/taken, which succeeded, is replaced\n`);
    expect(code).toBe(0);
    const after = (await api.do('GET', runs.path('taken'))) as unknown as KubeObject;
    expect(after.metadata.uid).not.toBe((before as unknown as KubeObject).metadata.uid);
  });

  test.each([
    ['succeeded', 0],
    ['failed', 1],
    ['terminated', 1],
  ])('--wait ends with the run: %s', async (phase, code) => {
    const name = `waited-${phase}`;
    const waiting = runs.start('workflow', 'run', bench.write(runText({ name })), '--wait');
    await waiting.saw(`workflowrun ${name} created`);
    await runs.write(name, executing([step('first', 'running')]));
    await waiting.saw('first (suspend) running');
    await runs.write(name, { ...ended(phase), sluice: record });
    const end = await waiting.ended;
    expect(end.stdout).toContain('hello from first');
    expect(end.stdout).toContain(`workflowrun ${runs.namespace}/${name} ${phase} in`);
    expect(end.code).toBe(code);
  });

  test('--wait exits 3 when a required step was skipped, and -o json is the object alone', async () => {
    const file = bench.write(runText({ name: 'gated' }));
    const waiting = runs.start('workflow', 'run', file, '--wait', '--require', 'second', '-o', 'json');
    await waiting.saw('workflowrun gated created');
    await runs.write(
      'gated',
      ended('succeeded', [step('first', 'succeeded'), step('second', 'skipped', 'Skip')]),
    );
    const { code, stdout } = await waiting.ended;
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'WorkflowRun', status: { status: 'succeeded' } });
  });

  test('--wait exits 2 when the controller refuses the run', async () => {
    const waiting = runs.start('workflow', 'run', bench.write(runText({ name: 'refused' })), '--wait');
    await waiting.saw('workflowrun refused created');
    const conditions = [{ type: 'Failed', status: 'True', reason: 'Refused' }];
    await runs.write('refused', { ...ended('failed', []), message: 'no step type x', conditions });
    const { code, stdout } = await waiting.ended;
    expect(stdout).toMatch(/refused failed in 7\.0s: no step type x\n/);
    expect(code).toBe(2);
  });

  test('--wait exits 5 at a suspended step when nobody is there', async () => {
    const waiting = runs.start('workflow', 'run', bench.write(runText({ name: 'held' })), '--wait');
    await waiting.saw('workflowrun held created');
    const status = executing([step('first', 'suspending', 'Suspend')]);
    await runs.write('held', { ...status, status: 'suspending', suspend: true });
    const { code, stdout } = await waiting.ended;
    expect(stdout).toContain(`go on with: sluice workflow resume held -n ${runs.namespace} --kubeconfig`);
    expect(code).toBe(5);
  });

  test('SIGINT leaves the run running', async () => {
    const waiting = runs.start('workflow', 'run', bench.write(runText({ name: 'left' })), '--wait');
    await waiting.saw('workflowrun left created');
    await runs.write('left', executing([step('first', 'running')]));
    await waiting.saw('first (suspend) running');
    waiting.process.kill('SIGINT');
    const { code, stdout } = await waiting.ended;
    expect(stdout).toContain(
      `left goes on and is executing; look at it: sluice workflow status left -n ${runs.namespace}`,
    );
    expect(code).toBe(130);
    expect(await runs.status('left')).toMatchObject({ suspend: false, terminated: false, finished: false });
  });

  test('--wait outlives an API server that is away for a while', async () => {
    const { server } = accessOf('main');
    const relay = await Relay.to(server);
    const temporary = kubeconfigWithServerAt('main', relay.port);
    const words = ['workflow', 'run', bench.write(runText({ name: 'patient' })), '--wait'];
    const place = placeFlags({ kubeconfig: temporary.file });
    const waiting = watchOutput(sluice([...words, ...place, '-n', runs.namespace]));
    await waiting.saw('workflowrun patient created');
    await runs.write('patient', executing([step('first', 'running')]));
    await waiting.saw('first (suspend) running');
    relay.cut();
    await runs.write('patient', ended('succeeded'));
    relay.mend();
    const { code } = await waiting.ended;
    temporary.remove();
    await relay.close();
    expect(code).toBe(0);
  });

  test('--wait ends when the run is deleted', async () => {
    const waiting = runs.start('workflow', 'run', bench.write(runText({ name: 'removed' })), '--wait');
    await waiting.saw('workflowrun removed created');
    await api.do('DELETE', runs.path('removed'));
    const { code, stderr } = await waiting.ended;
    expect([code, stderr.includes('was deleted before it ended')]).toEqual([1, true]);
  });
});

describe('what goes wrong', () => {
  test('an unknown run names those there are', async () => {
    const { code, stderr } = await runs.cli('workflow', 'status', 'nope');
    expect(stderr).toContain(`can't find workflowrun ${runs.namespace}/nope\n`);
    expect(stderr).toMatch(/there are: .*early/);
    expect(code).toBe(2);
  });

  test('a missing right names verb and resource', async () => {
    const words = ['workflow', 'list', ...placeFlags({ context: 'nobody' }), '-n', runs.namespace];
    const { code, stderr } = await sluice(words).ended;
    expect(stderr).toMatch(/cannot list resource "workflowruns"/);
    expect(code).toBe(2);
  });

  test('a cluster without the kinds says how to install them', async () => {
    const words = ['workflow', 'list', ...placeFlags({ context: 'prod' })];
    const { code, stderr } = await sluice(words).ended;
    expect(stderr).toContain('sluice install');
    expect(code).toBe(6);
  });

  test('a cluster that cannot be reached is trouble of the surroundings', async () => {
    const temporary = kubeconfigWithServerAt('main', await closedPort());
    const { code, stderr } = await sluice(['workflow', 'list', ...placeFlags({ kubeconfig: temporary.file })])
      .ended;
    temporary.remove();
    expect([code, stderr.includes('cannot be reached')]).toEqual([6, true]);
  });

  test('an unknown context names those there are', async () => {
    const { code, stderr } = await sluice(['workflow', 'list', ...placeFlags({ context: 'mian' })]).ended;
    expect([code, /has no context mian; there are .*main/.test(stderr)]).toEqual([2, true]);
  });
});

test('kubectl sluice works on the current context, and SLUICE_CONTEXT on another', async () => {
  const { kubeconfig } = realClusters();
  const env = { KUBECONFIG: kubeconfig, SLUICE_STATE_DIR: bench.newDirectory() };
  const plugin = await sluice(['workflow', 'list', '-n', runs.namespace], env, 'kubectl-sluice').ended;
  expect(plugin.stderr.split('\n')[0]).toBe(`cluster: context main, namespace ${runs.namespace}`);
  expect(plugin.code).toBe(0);
  const help = await sluice(['workflow', 'list', '--help'], env, 'kubectl-sluice').ended;
  expect(help.stdout).toMatch(/^Usage: kubectl sluice workflow list/);
  const chosen = await sluice(['workflow', 'list'], { ...env, SLUICE_CONTEXT: 'nobody' }).ended;
  expect(chosen.stderr.split('\n')[0]).toBe('cluster: context nobody, namespace default');
  await sluice(['config', 'use-context', 'main'], env).ended;
  const remembered = await sluice(['workflow', 'list', '-A'], env).ended;
  expect([remembered.code, remembered.stderr.split('\n')[0]]).toEqual([
    0,
    'cluster: context main, namespace default',
  ]);
  const local = await sluice(['workflow', 'list'], { ...env, SLUICE_STATE_DIR: bench.newDirectory() }).ended;
  expect(local.stderr).toMatch(/^local engine: /);
});

test('a shell is given the names of runs', async () => {
  const words = ['workflow', 'status', ...placeFlags({}), '-n', runs.namespace, ''];
  const { stdout, stderr } = await sluice(['__complete', '--', ...words]).ended;
  expect([stdout.includes('early\t'), stderr]).toEqual([true, '']);
});

test('a status that another engine emptied with nulls is accepted', async () => {
  await runs.make('nulls', ended('failed'));
  const run = await api.do('GET', runs.path('nulls'));
  const status = { ...emptied, startTime: null, endTime: null };
  const { status: code, body } = await api.send('PUT', `${runs.path('nulls')}/status`, { ...run, status });
  expect([code, body['message']]).toEqual([200, undefined]);
});
