import { describe, expect, test } from 'vitest';
import { faultCount, faultText } from '../../src/cli/render/fault-text.ts';
import { fitRows } from '../../src/cli/render/fit-rows.ts';
import { annotateFaults, openAnnotations } from '../../src/cli/render/github-annotation.ts';
import { lastLine } from '../../src/cli/render/last-line.ts';
import { plainLines } from '../../src/cli/render/plain-lines.ts';
import { stepTree } from '../../src/cli/render/step-tree.ts';
import type { ModelUse } from '../../src/api/model-use.ts';
import type { VerdictSummary } from '../../src/api/step-notes.ts';
import { noteLines, useText } from '../../src/cli/render/step-notes.ts';
import { runSummary } from '../../src/cli/render/run-summary.ts';
import { runStatus } from '../../src/cli/render/run-status.ts';
import { displayWidth } from '../../src/cli/terminal/display-width.ts';
import { openStyle } from '../../src/cli/terminal/style.ts';
import type { Fault } from '../../src/api/fault.ts';
import type { StepView } from '../../src/engine/view.ts';
import { memoryOutput } from './cli-process.ts';
import { runResult, runView, stepView } from './fake-session.ts';

const style = openStyle(false, true);
const ascii = openStyle(false, false);
const open = { phase: 'running', endedAtMs: undefined } as const;

const steps: readonly StepView[] = [
  stepView({
    name: 'apply',
    type: 'apply-deployment',
    phase: 'failed',
    reason: 'Timeout',
    message: 'no\npods',
  }),
  stepView({ name: 'chat', ...open, waiting: { kind: 'retry', atMs: 5200 }, message: '429' }),
  stepView({
    name: 'group',
    type: 'step-group',
    ...open,
    subSteps: [
      stepView({
        name: 'sub',
        path: 'group/sub',
        ...open,
        waiting: { kind: 'object', sinceMs: 1000, untilMs: 9000 },
        message: '0 of 1',
      }),
      stepView({
        name: 'ask',
        path: 'group/ask',
        phase: 'suspending',
        endedAtMs: undefined,
        waiting: { kind: 'person', sinceMs: 1000, resumesAtMs: undefined },
      }),
    ],
  }),
  stepView({
    name: 'last',
    phase: 'pending',
    startedAtMs: undefined,
    endedAtMs: undefined,
    waiting: { kind: 'steps', names: ['chat', 'group'] },
  }),
];

describe('the tree of steps', () => {
  test('aligns names and says what each step waits for', () => {
    const lines = stepTree(runView({ steps }), { style, nowMs: 3000, columns: undefined });
    expect(lines).toEqual([
      '  ✗ apply  apply-deployment   0.5s  Timeout: no pods',
      '  ● chat   request            2.0s  next try in 3s: 429',
      '  ● group  step-group         2.0s',
      '    ● sub  request            2.0s  waits, 6s left: 0 of 1',
      '    ‖ ask  request            2.0s  waits for a person',
      '  ◌ last   request                  waits for chat, group',
    ]);
  });

  test('has handlers under a heading', () => {
    const view = runView({
      steps: [
        stepView({ name: 'a' }),
        stepView({ name: 'undo', section: 'onFailure' }),
        stepView({ name: 'tell', section: 'onFailure' }),
        stepView({ name: 'tidy', section: 'finally' }),
      ],
    });
    const lines = stepTree(view, { style, nowMs: 0, columns: undefined });
    const names = lines.map((line) => /(on failure:|finally:|a|undo|tell|tidy)(?= |$)/.exec(line)?.[0]);
    expect(names).toEqual(['a', 'on failure:', 'undo', 'tell', 'finally:', 'tidy']);
    expect(plainLines(view, new Map(), 0).lines[3]).toMatch(/tidy \(\S+, finally\) succeeded/);
    expect(runSummary(view, [], { style, columns: 80 })).toContain('on failure:\n✓ undo');
  });

  test('has other symbols where the locale is not UTF-8', () => {
    const symbols = stepTree(runView({ steps }), { style: ascii, nowMs: 3000, columns: undefined }).map(
      (line) => line.trim()[0],
    );
    expect(symbols).toEqual(['x', '*', '*', '*', '=', '.']);
  });

  test.each([20, 40, 59, 60, 80, 120])('never fills %i columns', (columns) => {
    const long = stepView({
      name: 'a-very-long-name-of-a-step-that-goes-on-and-on',
      message: '漢字'.repeat(80),
      phase: 'failed',
    });
    const lines = stepTree(runView({ steps: [long, ...steps] }), { style, nowMs: 3000, columns });
    for (const line of lines) expect(displayWidth(line)).toBeLessThan(columns);
  });

  test.each([
    [3, 0, ['0', '  (9 more below)']],
    [5, 5, ['  (4 more above)', '4', '5', '6', '  (3 more below)']],
    [5, 9, ['  (7 more above)', '7', '8', '9']],
    [10, 5, ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']],
  ])('fits %i rows around line %i', (rows, focus, expected) => {
    const lines = Array.from({ length: 10 }, (_, index) => String(index));
    expect(fitRows(lines, rows, focus)).toEqual(expected);
  });
});

describe('plain lines', () => {
  test('say each phase once', () => {
    const first = plainLines(runView({ steps }), new Map(), 3000);
    expect(first.lines).toEqual([
      '   0.5s  apply (request) failed: Timeout: no pods'.replace('request', 'apply-deployment'),
      '   2.0s  chat (request) running: next try in 3s: 429',
      '   2.0s  group (step-group) running',
      '   2.0s  group/sub (request) running: waits, 6s left: 0 of 1',
      '   2.0s  group/ask (request) suspending: waits for a person',
    ]);
    expect(plainLines(runView({ steps }), first.said, 4000).lines).toEqual([]);
  });

  test('say a new retry', () => {
    const at = (atMs: number) =>
      runView({ steps: [stepView({ name: 'a', ...open, waiting: { kind: 'retry', atMs } })] });
    const { said } = plainLines(at(4000), new Map(), 3000);
    expect(plainLines(at(6000), said, 4000).lines).toEqual(['   3.0s  a (request) running: next try in 2s']);
  });
});

describe('the last line', () => {
  const skipped = stepView({
    name: 'prod',
    phase: 'skipped',
    isGated: true,
    message: 'if: inputs["score"] > 60 is false',
  });
  const failing = stepView({ name: 'apply', phase: 'failed', reason: 'Timeout', message: 'not ready' });
  const inGroup = stepView({
    name: 'g',
    phase: 'failed',
    subSteps: [stepView({ name: 'x', path: 'g/x', phase: 'failed', reason: 'Action' })],
  });
  const waiting = stepView({
    name: 'ask',
    phase: 'suspending',
    endedAtMs: undefined,
    waiting: { kind: 'person', sinceMs: 0, resumesAtMs: undefined },
  });
  const gateText = 'prod was skipped: inputs["score"] > 60 is false';

  test.each([
    ['a success', runResult(runView()), 'succeeded in 1.2s'],
    ['a gate', runResult(runView({ steps: [skipped] })), `succeeded in 1.2s: ${gateText}`],
    [
      'a failure',
      runResult(runView({ phase: 'failed', steps: [failing] })),
      'failed in 1.2s: apply failed (Timeout): not ready',
    ],
    [
      'a sub-step',
      runResult(runView({ phase: 'failed', steps: [inGroup] })),
      'failed in 1.2s: g/x failed (Action)',
    ],
    [
      'a deadline',
      runResult(runView({ phase: 'failed', isOverdue: true, deadlineAtMs: 6000 })),
      'failed in 1.2s: its deadline of 5.0s passed',
    ],
    [
      'a person',
      runResult(runView({ phase: 'suspending', endedAtMs: undefined, steps: [waiting] }), 'waiting'),
      'waits for a person at ask; go on with: RESUME',
    ],
    [
      'a stop',
      runResult(runView({ phase: 'executing', endedAtMs: undefined }), 'stopped'),
      'was stopped and can go on: RESUME',
    ],
  ])('of %s', (_name, result, expected) => {
    const line = lastLine(result, { namesGates: true, resumeCommand: 'RESUME' });
    expect(line.replace('workflowrun default/demo ', '')).toBe(expected);
  });

  test('names what was required, and then no other gate', () => {
    const result = runResult(
      runView({ unmet: ['prod'], steps: [skipped, { ...skipped, name: 'b', path: 'b' }] }),
    );
    expect(lastLine(result, { namesGates: false, resumeCommand: '' })).toBe(
      `workflowrun default/demo succeeded in 1.2s: required but not passed: ${gateText}`,
    );
  });
});

test('the summary wraps what a step said and strips what would move the cursor', () => {
  const text = `\u001B[31mred\u001B[0m and \u0007a bell, ${'word '.repeat(12)}`;
  const logs = [{ step: 'chat', key: '1', timeMs: 0, kind: 'log', text } as const];
  const summary = runSummary(runView({ steps: [stepView({ name: 'chat' })] }), logs, { style, columns: 40 });
  expect(summary.split('\n')).toEqual([
    '✓ chat  succeeded  0.5s',
    '',
    '    red and a bell, word word word word',
    '    word word word word word word word',
    '    word',
  ]);
});

describe('what gates and models have to say', () => {
  const verdict: VerdictSummary = {
    id: 'v1',
    gate: 'quality',
    outcome: 'fail',
    open: false,
    mode: 'enforce',
    score: 62,
    threshold: 80,
    subject: { name: 'web', digest: 'sha256:0' },
    at: '2026-01-01T10:00:00Z',
    expires: '2026-01-01T11:00:00Z',
    override: null,
    reasons: ['latency: 900 > 500', 'a\u001B[2Jquote'],
  };
  const use = { calls: 2, cached: 1, inputTokens: 2000, outputTokens: 140, microDollars: 3100 };

  test.each<[Partial<VerdictSummary>, string]>([
    [{}, 'verdict: fail, score 62 of 80: latency: 900 > 500; aquote'],
    [{ score: null, outcome: 'error', reasons: [] }, 'verdict: error'],
    [{ mode: 'observe', reasons: [] }, 'verdict: fail, score 62 of 80, only observed'],
    [
      { outcome: 'pass', score: 99.5, open: true, reasons: [] },
      'verdict: pass, score 99.5 of 80, open until 2026-01-01T11:00:00Z',
    ],
    [
      { open: true, override: { by: 'ann', at: '', expires: '2026-01-01T12:00:00Z' }, reasons: [] },
      'verdict: fail, score 62 of 80, opened by ann, open until 2026-01-01T12:00:00Z',
    ],
  ])('verdict %#', (more, line) => {
    expect(noteLines(stepView({ name: 'g', notes: { verdict: { ...verdict, ...more } } }))).toEqual([line]);
  });

  test.each<[Partial<ModelUse>, string]>([
    [{}, '3 calls (1 cached), 2,140 tokens, $0.0031'],
    [{ microDollars: null }, '3 calls (1 cached), 2,140 tokens, cost unknown'],
    [
      { calls: 1, cached: 0, inputTokens: 1, outputTokens: 0, microDollars: 3 },
      '1 call, 1 token, less than $0.0001',
    ],
    [{ calls: 0, microDollars: 0 }, '1 call (1 cached), 2,140 tokens, $0.00'],
    [{ microDollars: 12_340_000 }, '3 calls (1 cached), 2,140 tokens, $12.34'],
  ])('model use %#', (more, text) => expect(useText({ ...use, ...more })).toBe(text));

  test('stands below its step in the summary and in the status, and the sum at its head', () => {
    const view = runView({
      steps: [
        stepView({ name: 'g', phase: 'failed', reason: 'Action', notes: { verdict, models: use } }),
        stepView({ name: 'chat', notes: { models: { ...use, microDollars: null } } }),
      ],
    });
    const summary = runSummary(view, [], { style, columns: 100 });
    expect(summary).toContain(
      '\n    verdict: fail, score 62 of 80: latency: 900 > 500; aquote\n    model: 3 calls',
    );
    const status = runStatus(view, { style, nowMs: 3000, columns: 100, driven: '', resumeCommand: '' });
    expect(status).toContain('  models    6 calls (2 cached), 4,280 tokens, cost unknown\n');
    expect(status).toContain(
      '\ng\n    verdict: fail, score 62 of 80: latency: 900 > 500; aquote\n    model: 3 calls',
    );
  });
});

test('status says since when, until when and the next try', () => {
  const text = runStatus(runView({ phase: 'executing', endedAtMs: undefined, deadlineAtMs: 61_000, steps }), {
    style,
    nowMs: 3000,
    columns: 80,
    driven: 'by no process; go on with: RESUME',
    resumeCommand: 'RESUME',
  });
  expect(text).toMatch(/^workflowrun default\/demo\n {2}phase {5}executing\n {2}started {3}\S+, 2s ago\n/);
  expect(text).toMatch(/ deadline {2}\S+ \(in 58s\)\n {2}driven {4}by no process; go on with: RESUME\n/);
  expect(text).toMatch(/\nchat\n {4}next try at \S+ \(in 2\.2s\)\n {4}429\n/);
  expect(text).toMatch(/\ngroup\/sub\n {4}waits since \S+ \(2s ago\)\n {4}until \S+ \(in 6s\)\n {4}0 of 1\n/);
  expect(text).toMatch(
    /\ngroup\/ask\n {4}suspended since \S+ \(2s ago\)\n {4}until somebody resumes it: RESUME --step group\/ask\n/,
  );
});

describe('a fault', () => {
  const fault: Fault = {
    file: 'run.yaml',
    line: 2,
    column: 9,
    path: 'spec.steps[0].type',
    code: 'UnknownStepType',
    severity: 'error',
    message: 'there is no step type aply',
    suggestion: 'apply',
  };
  const files = new Map([['run.yaml', 'a: 1\n\tb: 漢 aply\n']]);

  test('shows its place, its line and a caret', () => {
    expect(faultText(fault, files, style)).toBe(
      [
        'run.yaml:2:9: error UnknownStepType spec.steps[0].type: there is no step type aply (did you mean apply?)',
        '    2 |  b: 漢 aply',
        '      |          ^',
        '',
      ].join('\n'),
    );
  });

  test.each([
    ['advice in words', { suggestion: 'write it in quotes' }, '(write it in quotes)'],
    ['a warning', { severity: 'warning' }, 'run.yaml:2:9: warning UnknownStepType'],
    ['a place outside of its file', { line: 99 }, 'did you mean apply?)\n'],
    ['a fault of the whole file', { path: '', line: 99 }, 'error UnknownStepType: there is'],
  ] as const)('with %s', (_name, change, expected) => {
    expect(faultText({ ...fault, ...change }, files, style)).toContain(expected);
  });

  test('far to the right keeps its place in sight', () => {
    const text = faultText(
      { ...fault, line: 1, column: 5000 },
      new Map([['run.yaml', 'x'.repeat(9000)]]),
      style,
    );
    const [, source = '', caret = ''] = text.split('\n');
    expect(source.length).toBeLessThan(200);
    expect(source[caret.indexOf('^')]).toBe('x');
  });

  test.each([
    [0, 0, ''],
    [1, 0, '1 error'],
    [2, 1, '2 errors, 1 warning'],
    [0, 3, '3 warnings'],
  ])('%i errors and %i warnings are counted', (errors, warnings, expected) => {
    const of = (severity: Fault['severity'], count: number) =>
      Array.from({ length: count }, () => ({ ...fault, severity }));
    expect(faultCount([...of('error', errors), ...of('warning', warnings)])).toBe(expected);
  });

  test('is a workflow command of GitHub Actions, escaped', () => {
    const odd = { ...fault, file: 'a,b:c.yaml', message: '100%\nsure, yes: ::error::' };
    const stderr = memoryOutput();
    const annotations = openAnnotations({ stderr, cwd: '/work', env: { GITHUB_ACTIONS: 'true' } });
    annotateFaults([odd], annotations);
    annotations.say('warning', 'two\r\nlines');
    expect(stderr.text()).toBe(
      [
        '::error file=a%2Cb%3Ac.yaml,line=2,col=9,title=UnknownStepType::spec.steps[0].type: 100%25 sure, yes: ::error:: (did you mean apply?)',
        '::warning::two%0D%0Alines',
        '',
      ].join('\n'),
    );
  });
});
