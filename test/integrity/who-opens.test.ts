import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findOut, type Found } from './find-out.ts';
import { controls, inputs, type Input } from './inputs.ts';
import { renderWhoOpens } from './render-who-opens.ts';

const page = join(import.meta.dirname, '../../docs/who-opens.md');

const found = new Map<Input, Found>();

describe('production gets nothing over', { timeout: 60_000 }, () => {
  test.each(inputs)('$name', async (input) => {
    const end = await findOut(input);
    found.set(input, end);
    expect(end.isDeployed).toBe(false);
    expect(end.code).not.toBe(0);
    if (input.deployed === undefined) expect(end.outcome).not.toBe('pass');
  });
});

describe('production gets what was judged over', { timeout: 60_000 }, () => {
  test.each(controls)('$name', async (input) => {
    const end = await findOut(input);
    found.set(input, end);
    expect(end).toEqual({ code: 0, outcome: 'pass', isDeployed: true });
  });
});

test('the page says what was found', { timeout: 120_000 }, async () => {
  // Those that a filter left out.
  for (const input of [...inputs, ...controls]) {
    // oxlint-disable-next-line no-await-in-loop -- one run after the other
    if (!found.has(input)) found.set(input, await findOut(input));
  }
  await expect(renderWhoOpens(found)).toMatchFileSnapshot(page);
});
