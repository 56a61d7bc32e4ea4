import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { execute, fileOf } from '../session/open-test-session.ts';
import { gateOf, runGate, runText, sessionAt } from './run-gate.ts';
import { serveJudge } from './scripted-judge.ts';

test('a dry run shows the prompt of each vote, and sends none', async () => {
  const server = await serveJudge({});
  const shown: string[] = [];
  const onPreview = ({ step }: { readonly step: string }): void => void shown.push(step);
  const session = await sessionAt(server, { modelTraffic: { kind: 'dry-run', onPreview } });
  const { view } = await execute(session, [fileOf('run.yaml', runText(gateOf()))]);
  expect(shown).toEqual(['release', 'release', 'release']);
  expect(view.phase).toBe('failed');
  expect(server.asked).toHaveLength(0);
});

test('a recording judges again without the model', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-recording-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, 'judge.jsonl');
  const server = await serveJudge({});
  const recording = await sessionAt(server, { modelTraffic: { kind: 'record', file } });
  expect((await runGate(recording, gateOf(), 'recorded')).verdict.outcome).toBe('pass');
  const replaying = await sessionAt(undefined, { modelTraffic: { kind: 'replay', file } });
  const { verdict } = await runGate(replaying, gateOf(), 'replayed');
  expect([verdict.outcome, verdict.judge?.modelAnswered]).toEqual(['pass', 'judge-1']);
  expect(server.asked).toHaveLength(3);
  const other = await runGate(
    replaying,
    gateOf({ evidence: { items: [{ kind: 'text', ref: 'plan', text: 'another plan of it' }] } }),
    'other',
  );
  expect(other.verdict).toMatchObject({ outcome: 'error', open: false });
});
