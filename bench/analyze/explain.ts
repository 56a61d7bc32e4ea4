import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { says, serveModel } from '../../test/llm/model-server.ts';
import { figure, type Figure } from '../measure.ts';
import { timeProcess } from './process-time.ts';
import { shopObjects } from './shop.ts';

const rounds = 5;
const bin = join(import.meta.dirname, '../../bin/sluice.js');
const amounts = { namespaces: 1, services: 10, statefulSets: 10, pods: 50, configMaps: 10 };

/** `--explain` against a model on loopback, and again: every answer is known by then. */
export async function benchExplain(): Promise<readonly Figure[]> {
  const state = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  const model = await serveModel(says('It cannot reach its database.'));
  try {
    const servers = [{ name: 'lab', url: model.endpoint.baseUrl, model: 'judge-1', key: 'sk-bench' }];
    writeFileSync(join(state, 'models.yaml'), JSON.stringify({ servers, default: 'lab' }), { mode: 0o600 });
    const items = shopObjects({ amounts, failEvery: 1, atMs: Date.parse('2026-01-01T00:00:00Z') });
    const dump = join(state, 'dump.json');
    writeFileSync(dump, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    const words = [bin, 'analyze', '--from', dump, '--state-dir', state];
    const calls: number[] = [];
    const [plain, explained]: [number[], number[]] = [[], []];
    for (let round = 0; round <= rounds; round += 1) {
      const before = model.asked.length;
      // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured
      const [without, within] = [
        await timeProcess(process.execPath, words),
        await timeProcess(process.execPath, [...words, '--explain']),
      ];
      calls.push(model.asked.length - before);
      if (round === 0) continue;
      plain.push(without.ms);
      explained.push(within.ms);
    }
    return [
      figure('calls to a model of the first --explain', 'requests', calls.slice(0, 1)),
      figure('calls of the same again', 'requests', calls.slice(1), '0'),
      figure('the same again, a process', 'ms', explained),
      figure('without --explain, a process', 'ms', plain),
    ];
  } finally {
    await model.close();
    rmSync(state, { recursive: true, force: true });
  }
}
