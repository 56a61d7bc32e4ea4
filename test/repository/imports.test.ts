import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { describe, expect, test } from 'vitest';

/** Imports may only point up this list. */
const order = [
  'api',
  'yaml',
  'expr',
  'cue',
  'step-types',
  'plan',
  'engine',
  'net',
  'cluster',
  'analyze',
  'gate',
  'evidence',
  'llm',
  'offline',
  'ops',
  'store',
  'runner',
  'controller',
  'cli',
] as const;

const root = join(import.meta.dirname, '../../src');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');
}

function folderOf(file: string): string {
  return file.split(sep)[0] ?? '';
}

describe('the arrows of ARCHITECTURE.md', () => {
  test('imports only point up the list', () => {
    const wrong = files.flatMap((file) => {
      const own = order.findIndex((folder) => folder === folderOf(file));
      if (own < 0) return [`${file} stands in no folder of the list`];
      return importsOf(file)
        .filter((name) => name.startsWith('.'))
        .filter((name) => {
          const target = folderOf(relative(root, join(root, dirname(file), name)));
          return order.findIndex((folder) => folder === target) > own;
        })
        .map((name) => `${file} imports ${name}`);
    });
    expect(wrong).toEqual([]);
    expect(files.length).toBeGreaterThan(50);
  });

  test('the core has no I/O, no clock and no randomness of its own', () => {
    const pure = files.filter((file) =>
      ['plan', 'engine', 'expr', 'api', 'analyze'].includes(folderOf(file)),
    );
    const wrong = pure.filter((file) => {
      const text = readFileSync(join(root, file), 'utf8');
      const reachesOut = /\b(Date\.now|new Date\(\)|Math\.random|setTimeout|setInterval|process\.)/.test(
        text,
      );
      return reachesOut || importsOf(file).some((name) => name.startsWith('node:'));
    });
    expect(wrong).toEqual([]);
  });
});
