import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { recordedCommand } from '../../scripts/record-run.ts';
import { Screen } from '../../scripts/recording/screen.ts';
import { renderSvg } from '../../scripts/recording/svg.ts';

const esc = '\u001B[';

describe('the screen of a recording', () => {
  test.each([
    ['lines', 'a\nbc\n', ['a', 'bc']],
    ['carriage return', 'abc\rX', ['Xbc']],
    ['a block that is drawn over', `one\ntwo\n\r${esc}2Aeins${esc}K\nzwei${esc}K\n${esc}J`, ['eins', 'zwei']],
    ['a block that is taken away', `keep\none\ntwo\n\r${esc}2A${esc}Jend\n`, ['keep', 'end']],
    ['a line wider than the screen', '0123456789ab\nc', ['0123456789', 'ab', 'c']],
    ['modes that it does not know', `${esc}?2026hx${esc}?2026l`, ['x']],
  ])('%s', (_name, output, lines) => {
    const screen = new Screen(10);
    screen.write(output);
    expect(screen.lines()).toEqual(lines);
  });

  test('a sequence that comes in two pieces', () => {
    const screen = new Screen(10);
    screen.write(`a${esc}3`);
    screen.write('2mb');
    expect(screen.rows()[0]?.map(({ text, color }) => `${text}:${color}`)).toEqual(['a:', 'b:green']);
  });
});

test('a picture shows its last frame where nothing moves', () => {
  const screen = new Screen(20);
  screen.write('first');
  const first = { atMs: 0, rows: screen.rows() };
  screen.write(`\r${esc}31m<last>${esc}39m`);
  const svg = renderSvg([first, { atMs: 500, rows: screen.rows() }], 20, 'two frames');
  expect(svg).toContain('#f1 { visibility: visible }');
  expect(svg).toContain('class="red">&lt;last&gt;</tspan>');
});

test('the README shows the recording of the command that it names', () => {
  const root = join(import.meta.dirname, '../..');
  expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain('docs/assets/run.svg');
  expect(readFileSync(join(root, 'docs/assets/run.svg'), 'utf8')).toContain(recordedCommand);
});
