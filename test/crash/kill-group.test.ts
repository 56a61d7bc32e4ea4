import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { aroundAnswer, resumed } from './killed-run.ts';
import { Provider } from './provider.ts';
import { sluice, transcript, type FinishedRun, type Running } from './sluice-process.ts';

const calm = 'one succeeded, two succeeded, tidy succeeded';
const limit = { timeout: 60_000 };

let provider: Provider;
let directory: string;
let group: Group;

beforeAll(async () => {
  provider = await Provider.start();
  directory = mkdtempSync(join(tmpdir(), 'sluice-crash-group-'));
});
beforeEach(() => {
  provider.reset();
  group = new Group(mkdtempSync(join(directory, 'state-')));
});
afterEach(() => group.end());
afterAll(async () => {
  await provider.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Runs of one group, a process each. The server sees who is at work. */
class Group {
  readonly #state: string;
  readonly #processes = new Map<string, Running>();
  /** The run that sent something, and has neither ended nor died since. */
  #holder: string | undefined;
  readonly overlaps: string[] = [];
  /** Called when a run has sent the request of a step. */
  onRequest: (run: string, step: string, answer: () => void) => void = (_run, _step, answer) => answer();

  constructor(state: string) {
    this.#state = state;
    provider.onRequest = ({ path }, answer) => {
      const [, run = '', step = ''] = path.split('/');
      this.#see(run, step, answer);
    };
  }

  start(run: string, policy = 'queue'): Running {
    const file = join(this.#state, `${run}.yaml`);
    writeFileSync(file, workflow(run, policy));
    const running = sluice(['run', file, '--state-dir', this.#state]);
    this.#processes.set(run, running);
    return running;
  }

  /** Starts runs that find the group taken; resolves when the last of them waits. */
  async startBehind(...runs: readonly string[]): Promise<void> {
    for (const run of runs) await this.start(run).untilTold('waits for run');
  }

  async kill(run: string): Promise<void> {
    const killed = this.#processes.get(run);
    this.#processes.delete(run);
    if (this.#holder === run) this.#holder = undefined;
    killed?.process.kill('SIGKILL');
    await killed?.ended;
  }

  /** Takes it up in another process; resolves with the run at its end. */
  async resume(run: string): Promise<FinishedRun> {
    const running = sluice(['workflow', 'resume', run, '--state-dir', this.#state]);
    this.#processes.set(run, running);
    await running.ended;
    return (await resumed<FinishedRun>(this.#state, run)) ?? expect.fail(`${run} is not stored`);
  }

  async ended(run: string): Promise<FinishedRun> {
    await this.#processes.get(run)?.ended;
    return (await resumed<FinishedRun>(this.#state, run)) ?? expect.fail(`${run} is not stored`);
  }

  /** Resolves when a run has sent the request of this step; the answer waits for `answer`. */
  untilRequest(run: string, step: string): Promise<() => void> {
    return new Promise((resolve) => {
      this.onRequest = (sender, of, answer) => {
        if (sender !== run || of !== step) return answer();
        this.onRequest = (_run, _step, other) => other();
        resolve(answer);
      };
    });
  }

  async end(): Promise<void> {
    await Promise.all([...this.#processes.keys()].map((run) => this.kill(run)));
  }

  #see(run: string, step: string, answer: () => void): void {
    // What a process sent just before it died may arrive after that.
    const isAlive = this.#processes.has(run);
    if (isAlive && this.#holder !== undefined && this.#holder !== run)
      this.overlaps.push(`${run} sent ${step} while ${this.#holder} was at work`);
    if (isAlive) this.#holder = run;
    this.onRequest(run, step, () => {
      answer();
      if (step === 'tidy' && this.#holder === run) this.#holder = undefined;
    });
  }
}

const rows = ['two', 'tidy'].flatMap((step) => aroundAnswer.map((moment) => ({ step, ...moment })));

test.each(rows)('the run at work is killed at its step $step, $when', limit, async (row) => {
  const reached = group.untilRequest('a', row.step);
  group.start('a');
  const answer = await reached;
  await group.startBehind('b', 'c');
  if (row.answers) answer();
  await new Promise((resolve) => setTimeout(resolve, row.delayMs));
  await group.kill('a');
  const [a, b, c] = await Promise.all([group.resume('a'), group.ended('b'), group.ended('c')]);
  expect([
    calm,
    ...(row.step === 'two' ? ['one succeeded, two failed/Unknown, tidy succeeded'] : []),
  ]).toContain(transcript(a));
  expect([transcript(b), transcript(c)]).toEqual([calm, calm]);
  expectEffects('a', 'b', 'c');
});

test('a run that waits is killed, and waits again', limit, async () => {
  const reached = group.untilRequest('a', 'two');
  group.start('a');
  const answer = await reached;
  await group.startBehind('b', 'c');
  await group.kill('b');
  const again = group.resume('b');
  answer();
  const runs = await Promise.all([group.ended('a'), again, group.ended('c')]);
  expect(runs.map(transcript)).toEqual([calm, calm, calm]);
  expectEffects('a', 'b', 'c');
});

test('all are killed at once, and taken up at once', limit, async () => {
  const reached = group.untilRequest('a', 'one');
  group.start('a');
  await reached;
  await group.startBehind('b', 'c');
  await Promise.all(['a', 'b', 'c'].map((run) => group.kill(run)));
  const runs = await Promise.all(['c', 'b', 'a'].map((run) => group.resume(run)));
  expect(runs.map(transcript)).toEqual([calm, calm, calm]);
  expectEffects('a', 'b', 'c');
});

test(
  'a run that is replaced is killed in its handlers, which it does when its turn comes',
  limit,
  async () => {
    const reached = group.untilRequest('a', 'two');
    group.start('a');
    await reached;
    const handled = group.untilRequest('a', 'tidy');
    group.start('b', 'replace');
    await handled;
    await group.kill('a');
    const [a, b] = await Promise.all([group.resume('a'), group.ended('b')]);
    expect(transcript(a)).toBe('one succeeded, two failed/Terminate, tidy succeeded');
    expect(a.status.status).toBe('terminated');
    expect(transcript(b)).toBe(calm);
    expectEffects('a', 'b');
  },
);

/** No two were at work at a time; nothing was done twice that may not be repeated; what was repeated has its old key. */
function expectEffects(...runs: readonly string[]): void {
  expect(group.overlaps).toEqual([]);
  for (const run of runs) {
    for (const step of ['one', 'two', 'tidy']) {
      const keys = provider.keysOf(`/${run}/${step}`);
      expect(new Set(keys).size, `${run}/${step}`).toBe(1);
      if (step === 'two') expect(keys.length, `${run}/${step}`).toBe(1);
    }
  }
}

function workflow(run: string, policy: string): string {
  return `apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata: {name: ${run}, namespace: default}
spec:
  concurrency: {group: only-one, policy: ${policy}}
  workflowSpec:
    steps:
      - {name: one, type: request, properties: {url: "${provider.url}/${run}/one", method: PUT}}
      - {name: two, type: request, properties: {url: "${provider.url}/${run}/two", method: POST}}
    finally:
      - {name: tidy, type: request, properties: {url: "${provider.url}/${run}/tidy", method: PUT}}
`;
}
