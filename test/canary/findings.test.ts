import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { knownAnalyzers } from '../../src/analyze/cluster/known-analyzers.ts';
import { brokenState } from '../analyze/cluster/broken-state.ts';
import { event } from '../analyze/cluster/objects.ts';
import { realCli, type RealEnd } from '../cli/real-cli.ts';
import { formCount, leakyText, withLeakyMessages } from './leak-forms.ts';
import { leaksIn } from './leaks-in.ts';
import { Canaries, type Place } from './scene.ts';
import { serveObjects } from './serve-objects.ts';

/** Something of every kind is wrong, and an event, too, tells of each object. */
const state: readonly KubeObject[] = [
  ...brokenState,
  ...brokenState
    .filter(({ kind }) => kind !== 'Event')
    .flatMap((object) => ['Failed', 'BackOff', 'FailedMount'].map((reason) => event(object, reason, 'm'))),
];
const all = knownAnalyzers.map(({ name }) => name).join(',');
let stateDir: string;
beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'sluice-canary-'));
});

async function withLeaks(
  first: number,
  use: (planted: Canaries, cli: (...words: readonly string[]) => Promise<RealEnd>) => Promise<void>,
): Promise<void> {
  const planted = new Canaries('Cnry');
  const leaky = leakyText(planted, first);
  const objects = withLeakyMessages(state, leaky);
  const lines = Array.from({ length: formCount }, () => `ERROR ${leaky('log')}`);
  const place: Place = await serveObjects(objects, ['starting', ...lines].join('\n'));
  try {
    await use(planted, async (...words) =>
      realCli([...words, '--kubeconfig', place.kubeconfig], { stateDir }),
    );
  } finally {
    await place.close();
  }
}

const formats = ['text', 'json', 'yaml', 'sarif', 'junit', 'markdown', 'k8sgpt'];

test.each(formats)('analyze -o %s shows no secret of a message or a log', async (format) => {
  await withLeaks(formats.indexOf(format), async (planted, cli) => {
    expect(planted.values.length).toBeGreaterThanOrEqual(50);
    const { code, stdout, stderr } = await cli('analyze', '--filter', all, '-o', format);
    expect({ code, stderr: leaksIn(planted, stderr) }).toEqual({ code: 0, stderr: [] });
    // What stands beside the secrets is shown: so what stood there was looked at.
    expect(stdout).toMatch(/\*{3}|(?:\\\*){3}/);
    expect(leaksIn(planted, stdout)).toEqual([]);
  });
});
