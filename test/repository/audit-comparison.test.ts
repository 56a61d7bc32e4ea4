import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkMap, reasons, silences } from '../../bench/audit/check-map.ts';
import { auditRules } from '../../src/analyze/audit.ts';
import { readGivenObjects } from '../../src/cli/analyze/given-objects.ts';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/audit-comparison.md'), 'utf8');
const folder = join(root, 'bench/audit/manifests');
const manifests = readdirSync(folder);
const rules = auditRules.map(({ id }) => id);

describe('the map of checks', () => {
  test.each(Object.entries(checkMap))('of %s names rules and reasons that are there', (_, checks) => {
    for (const [check, meaning] of Object.entries(checks))
      if (typeof meaning === 'string') expect(Object.keys(reasons), check).toContain(meaning);
      else
        expect(
          meaning.filter((id) => !rules.includes(id)),
          check,
        ).toEqual([]);
  });

  test('explains the silence of rules that are there', () => {
    expect(Object.keys(silences).filter((id) => !rules.includes(id))).toEqual([]);
  });
});

test('the page leaves nothing unmapped or unexplained, and has a row for each manifest', () => {
  expect(page).not.toMatch(/Not mapped|not explained/);
  expect([...page.matchAll(/^\| `([\w-]+\.yaml)`/gm)].map(([, name]) => name)).toEqual(manifests.toSorted());
});

test.each(manifests)('%s can be read', (name) => {
  const { given, faults } = readGivenObjects([{ name, bytes: readFileSync(join(folder, name)) }], undefined);
  expect(faults).toEqual([]);
  expect(given.length).toBeGreaterThan(0);
});
