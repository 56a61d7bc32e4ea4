import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { readHiddenLine } from '../../../src/cli/terminal/hidden-line.ts';

/** A terminal that someone types at. */
class Terminal extends EventEmitter {
  readonly modes: boolean[] = [];
  isReading = false;

  setRawMode(isRaw: boolean): void {
    this.modes.push(isRaw);
  }

  resume(): void {
    this.isReading = true;
  }

  pause(): void {
    this.isReading = false;
  }
}

async function typed(...chunks: readonly string[]) {
  const terminal = new Terminal();
  let shown = '';
  let interrupted = 0;
  const reading = readHiddenLine(
    terminal,
    (text) => void (shown += text),
    'Key: ',
    () => void (interrupted += 1),
  );
  for (const chunk of chunks) terminal.emit('data', Buffer.from(chunk));
  return { line: await reading, shown, interrupted, terminal };
}

test.each<readonly [string, readonly string[], string]>([
  ['a line', ['sk-1\r'], 'sk-1'],
  ['key by key', ['s', 'k', '\n'], 'sk'],
  ['pasted with more behind', ['sk-1\nls\n'], 'sk-1'],
  ['corrected', ['sx\u007fk\b\bab\r'], 'ab'],
  ['deleted past the beginning', ['\u007f\u007fa\r'], 'a'],
  ['ended by Ctrl-D', ['sk\u0004'], 'sk'],
])('%s', async (_name, chunks, expected) => {
  const { line, shown, terminal, interrupted } = await typed(...chunks);
  expect(line).toBe(expected);
  expect([shown, interrupted]).toEqual(['Key: \n', 0]);
  expect([terminal.modes, terminal.isReading, terminal.listenerCount('data')]).toEqual([
    [true, false],
    false,
    0,
  ]);
});

test('Ctrl-C is passed on once the terminal is as it was', async () => {
  const { line, interrupted, terminal } = await typed('sk\u0003');
  expect([line, interrupted, terminal.modes]).toEqual(['', 1, [true, false]]);
});
