import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { readVisibleLine } from '../../../src/cli/terminal/visible-line.ts';

test.each([
  ['a line', 'yes\r', 'yes', 0],
  ['a line that is mended', 'yo\u007fes\r', 'yes', 0],
  ['nothing', '\r', '', 0],
  ['the end of the input', '\u0004', '', 0],
  ['Ctrl-C', 'ye\u0003', '', 1],
])('a person types %s', async (_, typed, line, interrupts) => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let interrupted = 0;
  const reading = readVisibleLine(input, output, 'Apply? ', () => interrupted++);
  input.write(typed);
  expect(await reading).toBe(line);
  expect(interrupted).toBe(interrupts);
  expect(String(output.read())).toContain('Apply? ');
});
