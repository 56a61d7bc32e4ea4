import { expect, test } from 'vitest';
import { retryAfterMs } from '../../src/net/retry-after.ts';

const date = 'Wed, 21 Oct 2026 07:28:00 GMT';

test.each([
  ['seconds', { 'retry-after': ['120'] }, 120_000],
  ['no wait', { 'retry-after': ['0'] }, 0],
  ['space round it', { 'retry-after': [' 5 '] }, 5000],
  ['the first of two', { 'retry-after': ['1', '9'] }, 1000],
  ['a date', { 'retry-after': ['Wed, 21 Oct 2026 07:28:30 GMT'], date: [date] }, 30_000],
  ['a date that is past', { 'retry-after': ['Wed, 21 Oct 2026 07:27:00 GMT'], date: [date] }, 0],
  ['a date from a server without a clock', { 'retry-after': ['Wed, 21 Oct 2026 07:28:30 GMT'] }, undefined],
  ['nothing', {}, undefined],
  ['an empty value', { 'retry-after': [''] }, undefined],
  ['a fraction', { 'retry-after': ['1.5'], date: [date] }, undefined],
  ['a negative number', { 'retry-after': ['-3'], date: [date] }, undefined],
  ['a word', { 'retry-after': ['soon'], date: [date] }, undefined],
  ['more seconds than anyone means', { 'retry-after': ['99999999999'], date: [date] }, undefined],
])('%s', (_what, headers, expected) => {
  expect(retryAfterMs(headers as unknown as Record<string, readonly string[]>)).toBe(expected);
});
