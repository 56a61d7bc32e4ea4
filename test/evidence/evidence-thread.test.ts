import { afterEach, expect, test } from 'vitest';
import { EvidenceThread } from '../../src/evidence/prepare/evidence-thread.ts';
import { prepareEvidence, type EvidenceInput } from '../../src/evidence/prepare/prepare-evidence.ts';

const threads: EvidenceThread[] = [];
afterEach(async () => {
  for (const thread of threads.splice(0)) await thread.close();
});

function open(): EvidenceThread {
  const thread = new EvidenceThread();
  threads.push(thread);
  return thread;
}

function inputOf(lines: number): EvidenceInput {
  const text = Array.from(
    { length: lines },
    (_, index) => `line ${index} from 10.1.${index % 250}.7: password=hunter2hunter2`,
  ).join('\n');
  return {
    items: [{ kind: 'log', ref: 'log of web', text }],
    content: { text: 'see fd00::1', raw: 'see fd00::1' },
    unshown: [],
    shown: ['10.1.2.7 has hunter2hunter2'],
    secrets: ['line 7'],
    names: [],
    key: 'k',
    maxBytes: 4096,
    maxTokens: 2000,
    keepComments: false,
  };
}

test.each([10, 3000])('%i lines: the same as without a thread', async (lines) => {
  const input = inputOf(lines);
  const prepared = await open().prepare(input);
  expect(prepared).toEqual(prepareEvidence(input));
  expect(prepared.text).not.toMatch(/hunter2|10\.1\./);
  expect(prepared.shown[0]).toMatch(/^10\.1\.2\.7 has <secret:/);
});

test('several at once are told apart', async () => {
  const thread = open();
  const inputs = [1500, 1600, 1700].map(inputOf);
  const prepared = await Promise.all(inputs.map((input) => thread.prepare(input)));
  expect(prepared.map(({ before }) => before)).toEqual(inputs.map((input) => prepareEvidence(input).before));
});

test('the event loop goes on meanwhile', async () => {
  const state = { isDone: false };
  let turns = 0;
  const prepared = open()
    .prepare(inputOf(5000))
    .then(() => (state.isDone = true));
  while (!state.isDone) {
    turns += 1;
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
  await prepared;
  expect(turns).toBeGreaterThan(10);
});

test('closed in the middle, whoever waits learns of it; after that it works again', async () => {
  const thread = open();
  const prepared = thread.prepare(inputOf(3000));
  const refused = expect(prepared).rejects.toMatchObject({ kind: 'terminal', code: 'EvidenceThreadLost' });
  await thread.close();
  await refused;
  await expect(thread.prepare(inputOf(3000))).resolves.toMatchObject({ leftOut: [] });
});

test('what cannot be prepared is an error of that order alone', async () => {
  const thread = open();
  const broken = { ...inputOf(3000), maxBytes: Symbol.iterator } as unknown as EvidenceInput;
  await expect(thread.prepare(broken)).rejects.toThrow(/could not be cloned/);
  const wrong = { ...inputOf(3000), secrets: null } as unknown as EvidenceInput;
  await expect(thread.prepare(wrong)).rejects.toMatchObject({ code: 'EvidenceThreadLost' });
  await expect(thread.prepare(inputOf(3000))).resolves.toMatchObject({ leftOut: [] });
});
