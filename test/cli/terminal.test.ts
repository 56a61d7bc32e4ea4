import { describe, expect, test } from 'vitest';
import { isInteractive, styleFor } from '../../src/cli/terminal/capabilities.ts';
import { cleanLine, cleanText } from '../../src/cli/terminal/clean-text.ts';
import { displayWidth, fitWidth } from '../../src/cli/terminal/display-width.ts';
import { LiveBlock } from '../../src/cli/terminal/live-block.ts';
import { table } from '../../src/cli/terminal/table.ts';
import { wrapText } from '../../src/cli/terminal/wrap-text.ts';
import { memoryOutput } from './cli-process.ts';

test.each([
  ['plain', 5],
  ['漢字', 4],
  ['é', 1],
  ['e\u0301', 1],
  ['✓', 1],
  ['🚀', 2],
])('%s takes %i columns', (text, width) => expect(displayWidth(text)).toBe(width));

test.each([
  ['short', 10, 'short'],
  ['a longer text', 8, 'a longe…'],
  ['漢字漢字', 5, '漢字…'],
  ['text', 0, ''],
])('%s fits %i columns', (text, columns, expected) => expect(fitWidth(text, columns, '…')).toBe(expected));

describe('wrapping', () => {
  test.each([
    ['words', 'one two three four', ['one two', 'three four']],
    ['a word longer than a line', 'abcdefghijklmnop', ['abcdefghij', 'klmnop']],
    ['a list item', '- one two three', ['- one two', '  three']],
    ['an indented line', '  one two three', ['  one two', '  three']],
    ['empty lines', 'a\n\nb', ['a', '', 'b']],
    ['wide characters', '漢字漢字漢字', ['漢字漢字漢', '字']],
    ['nothing', '', ['']],
  ])('breaks %s', (_name, text, expected) => expect(wrapText(text, 10)).toEqual(expected));

  test('loses no word and ends for any width', () => {
    const text = `${' '.repeat(30)}- deep ${'x'.repeat(50)} end`;
    for (let columns = 1; columns < 60; columns++) {
      const lines = wrapText(text, columns);
      expect(lines.join('').replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''));
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(Math.max(10, columns));
    }
  });
});

test.each([
  ['colours', '\u001B[31mred\u001B[0m', 'red'],
  ['a title', '\u001B]0;owned\u0007text', 'text'],
  ['a carriage return', 'safe\rfake', 'safefake'],
  ['Windows line ends', 'a\r\nb', 'a\nb'],
  ['hidden direction marks', 'a\u202Eb\u2066c', 'abc'],
  ['tabs', 'a\tb', 'a    b'],
])('cleans %s', (_name, text, expected) => expect(cleanText(text)).toBe(expected));

test('one line of several', () => expect(cleanLine(' a\n  b \n')).toBe('a b'));

test('a table has columns three spaces apart', () => {
  expect(
    table([
      ['NAME', 'AGE'],
      ['漢字', '5s'],
      ['longer-name', ''],
    ]),
  ).toBe('NAME          AGE\n漢字          5s\nlonger-name\n');
});

describe('colours and terminals', () => {
  const pipe = memoryOutput();
  const terminal = memoryOutput(80);
  test.each([
    [terminal, {}, true, true],
    [pipe, {}, true, false],
    [terminal, { NO_COLOR: '1' }, true, false],
    [terminal, { NO_COLOR: '' }, true, true],
    [terminal, { TERM: 'dumb' }, true, false],
    [pipe, { FORCE_COLOR: '1' }, true, true],
    [terminal, { FORCE_COLOR: '0' }, true, false],
    [pipe, { FORCE_COLOR: '1' }, false, false],
    [pipe, { FORCE_COLOR: '1', NO_COLOR: '1' }, true, false],
  ])('output %#', (output, env, isWanted, expected) => {
    expect(styleFor(output, env, isWanted).hasColor).toBe(expected);
  });

  test.each([
    [{ LANG: 'en_US.UTF-8' }, true],
    [{ LANG: 'C' }, false],
    [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, false],
    [{ LC_ALL: '', LC_CTYPE: 'de_DE.utf8' }, true],
    [{}, true],
  ])('locale %j', (env, expected) => expect(styleFor(pipe, env, true).hasUnicode).toBe(expected));

  test.each([
    [terminal, {}, true],
    [pipe, {}, false],
    [terminal, { CI: 'true' }, false],
    [terminal, { CI: 'false' }, true],
    [terminal, { TERM: 'dumb' }, false],
  ])('a live tree %#', (stderr, env, expected) => expect(isInteractive({ stderr, env })).toBe(expected));
});

describe('a live block', () => {
  test('goes back over the rows that it took, also after the terminal became narrower', () => {
    let columns = 20;
    const output = memoryOutput(columns);
    const block = new LiveBlock({ ...output, size: () => ({ columns, rows: 10 }) });
    block.draw(['a line of 18 chars', 'short']);
    columns = 10;
    block.draw(['x']);
    // 18 characters take two rows by now.
    expect(output.text()).toContain('\u001B[3A');
  });

  test('shows the cursor at all times and leaves nothing when it is cleared', () => {
    const output = memoryOutput(80);
    const block = new LiveBlock(output);
    block.draw(['one', 'two']);
    block.clear();
    expect(output.text()).not.toContain('\u001B[?25');
    expect(output.text().endsWith('\r\u001B[2A\u001B[J')).toBe(true);
  });
});
