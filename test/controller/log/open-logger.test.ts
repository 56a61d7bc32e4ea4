import { describe, expect, test } from 'vitest';
import { openLogger, type LoggerOptions } from '../../../src/controller/log/open-logger.ts';
import type { ControllerLog } from '../../../src/controller/log/controller-log.ts';

const now = (): number => Date.parse('2026-01-02T03:04:05.678Z');

async function openTestLog(
  options: Partial<LoggerOptions> = {},
): Promise<{ log: ControllerLog; written: string[] }> {
  const written: string[] = [];
  const stream = { write: (text: string) => void written.push(text) };
  return { log: await openLogger({ level: 'info', isTerminal: false, stream, now, ...options }), written };
}

describe('JSON', () => {
  test('is one line for each event, at once', async () => {
    const { log, written } = await openTestLog();
    log.info('run finished', { run: 'team/demo', phase: 'succeeded', ms: 12.5 });
    expect(written).toEqual([
      '{"level":"info","time":"2026-01-02T03:04:05.678Z","run":"team/demo","phase":"succeeded","ms":12.5,"msg":"run finished"}\n',
    ]);
  });

  test('carries the fields of whose log it is', async () => {
    const { log, written } = await openTestLog();
    const run = log.child({ run: 'team/demo', uid: 'u' });
    run.child({ step: 'group/a', attempt: 2 }).warn('step failed', { reason: 'Timeout' });
    expect(JSON.parse(written[0] ?? '')).toEqual({
      level: 'warn',
      time: '2026-01-02T03:04:05.678Z',
      msg: 'step failed',
      run: 'team/demo',
      uid: 'u',
      step: 'group/a',
      attempt: 2,
      reason: 'Timeout',
    });
  });

  test('leaves out what is not listed, what is not there, and whatever is no plain value', async () => {
    const { log, written } = await openTestLog();
    const fields = {
      run: { spec: 'x' },
      phase: undefined,
      count: Number.NaN,
      password: 'p',
      level: 'error',
      msg: 'x',
    };
    log.error('bad', fields as never);
    expect(JSON.parse(written[0] ?? '')).toEqual({
      level: 'error',
      time: '2026-01-02T03:04:05.678Z',
      msg: 'bad',
    });
  });

  test('masks every text, and cuts a long one', async () => {
    const { log, written } = await openTestLog({ mask: (text) => text.replaceAll('hunter2', '***') });
    log.child({ run: 'a/hunter2' }).info('hunter2', { error: `hunter2${'x'.repeat(10_000)}` });
    const line = JSON.parse(written[0] ?? '') as Record<string, string>;
    expect(written.join('')).not.toContain('hunter2');
    expect(line).toMatchObject({ msg: '***', run: 'a/***' });
    expect(line['error']?.length).toBe(4096);
  });
});

test.each([
  ['debug', ['debug', 'info', 'warn', 'error']],
  ['info', ['info', 'warn', 'error']],
  ['warn', ['warn', 'error']],
  ['error', ['error']],
] as const)('level %s writes %j', async (level, expected) => {
  for (const isTerminal of [false, true]) {
    const { log, written } = await openTestLog({ level, isTerminal });
    log.debug('debug');
    log.info('info');
    log.warn('warn');
    log.error('error');
    expect(written.map((line) => /debug|info|warn|error/.exec(line)?.[0])).toEqual(expected);
  }
});

describe('on a terminal', () => {
  test('is a line that a person reads', async () => {
    const { log, written } = await openTestLog({ isTerminal: true });
    log.info('run finished', { run: 'team/demo', phase: 'succeeded' });
    log.warn('bare');
    expect(written).toEqual([
      '03:04:05.678 INFO  run finished  run=team/demo phase=succeeded\n',
      '03:04:05.678 WARN  bare\n',
    ]);
  });

  test('cannot be steered by text from outside', async () => {
    const { log, written } = await openTestLog({ isTerminal: true });
    log.info('a\nb', { error: '\u001B[31mred\u001B[0m\r\nrun=x \u202Eabc', name: '' });
    expect(written).toEqual(['03:04:05.678 INFO  a b  error="red run=x abc" name=""\n']);
  });
});
