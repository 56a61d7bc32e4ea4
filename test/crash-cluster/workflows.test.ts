import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { Workbench } from '../cluster/run-sluice.ts';
import { sluice } from '../crash/sluice-process.ts';
import { judge } from './oracle.ts';
import { Provider } from './provider.ts';
import { placed, workflows } from './workflows.ts';

const bench = new Workbench();
let provider: Provider;

beforeAll(async () => {
  provider = await Provider.start();
});

afterAll(async () => {
  await provider.close();
  bench.remove();
});

const secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'model', namespace: 'default' },
  stringData: { token: 'canary-of-the-model-token' },
};

/** The same files, in one process and without a cluster: what they state is not what the controller made of them. */
test.each(workflows.filter(({ name }) => name !== 'waits'))(
  '$name ends as stated, by the local engine',
  async (workflow) => {
    const name = `local-${workflow.name}`;
    const { run, expected } = placed(workflow, name, 'default', provider.url);
    provider.script(name, expected.answers ?? {});
    const directory = bench.newDirectory();
    const file = join(directory, 'run.yaml');
    writeFileSync(file, [secret, run].map((object) => JSON.stringify(object)).join('\n---\n'));
    const { stdout, stderr } = await sluice(['run', file, '-o', 'json', '--state-dir', directory]).ended;
    expect(stdout, stderr).not.toBe('');
    const { faults } = judge({
      run: name,
      expected: { ...expected, objects: {} },
      provider: provider.callsOf(name),
      proxy: [],
      kills: [],
      finished: JSON.parse(stdout) as KubeObject,
      objects: new Map(),
      user: '',
    });
    expect(faults).toEqual([]);
  },
);
