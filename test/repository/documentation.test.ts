import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InputFile, Session } from '../../src/runner/session.ts';
import { fileOf, openTestSession } from '../session/open-test-session.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(path, 'utf8');

const pages = [
  ...readdirSync(root)
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(root, name)),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(root, 'docs', name)),
  join(root, 'step-types/README.md'),
];

describe('relative links', () => {
  test.each(pages.map((page) => [relative(root, page), page]))('of %s lead somewhere', (_name, page) => {
    expect(linksOf(read(page)).filter((link) => !isThere(page, link))).toEqual([]);
  });
});

test('every page of the documentation can be reached from the README', () => {
  const seen = new Set<string>();
  const todo = [join(root, 'README.md')];
  for (let page = todo.pop(); page !== undefined; page = todo.pop()) {
    if (seen.has(page)) continue;
    seen.add(page);
    todo.push(...linksOf(read(page)).flatMap((link) => pagesBehind(resolve(dirname(page), pathOf(link)))));
  }
  expect(pages.filter((page) => !seen.has(page)).map((page) => relative(root, page))).toEqual([]);
});

describe('YAML and CUE in the documentation', () => {
  let session: Session;
  beforeAll(async () => {
    session = await openTestSession();
  });
  afterAll(() => session.close());

  const blocks = pages.flatMap((page) => completeBlocks(page));

  test('there is some', () => {
    expect(blocks.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['run', 'step type']));
  });

  test.each(blocks)('$title passes vet', async ({ kind, file }) => {
    const definitions = [fileOf('hello.yaml', read(join(root, 'examples/step-types/hello.yaml')))];
    const { faults } =
      kind === 'run'
        ? await session.prepare({ ...noOptions, files: [file], definitions })
        : await session.vetDefinitions([file]);
    expect(faults).toEqual([]);
  });

  test('the steps in the reference of step types pass vet', async () => {
    const path = join(root, 'scripts/reference/step-examples.yaml');
    const { faults } = await session.prepare({
      ...noOptions,
      files: [fileOf('step-examples.yaml', read(path))],
      definitions: [],
    });
    expect(faults).toEqual([]);
  });
});

test.each(['yaml', 'cue'])('the guides show examples/step-types/hello.%s as it is', (format) => {
  const guide = format === 'yaml' ? 'write-a-step-type.md' : 'bring-your-cue.md';
  const example = read(join(root, `examples/step-types/hello.${format}`));
  const [shown] = fencesOf(read(join(root, 'docs/guides', guide))).filter(
    ({ language }) => language === format,
  );
  expect(example.endsWith(shown?.text ?? 'no such block')).toBe(true);
});

const noOptions = { require: [], timeoutMs: undefined, context: [], strict: false } as const;

interface Block {
  readonly title: string;
  readonly kind: 'run' | 'step type';
  readonly file: InputFile;
}

/** Blocks that a reader can save and use as they are: whole documents, not cut-outs. */
function completeBlocks(page: string): readonly Block[] {
  return fencesOf(read(page)).flatMap(({ language, text, line }): readonly Block[] => {
    const title = `${relative(root, page)}:${line}`;
    const of = (kind: Block['kind'], name: string): readonly Block[] => [
      { title, kind, file: fileOf(name, text) },
    ];
    if (language === 'cue') return of('step type', 'block.cue');
    if (language !== 'yaml' || !text.startsWith('apiVersion:')) return [];
    return of(/^kind: WorkflowStepDefinition$/m.test(text) ? 'step type' : 'run', 'block.yaml');
  });
}

function fencesOf(
  text: string,
): readonly { readonly language: string; readonly text: string; readonly line: number }[] {
  return [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map((match) => ({
    language: match[1] ?? '',
    text: match[2] ?? '',
    line: text.slice(0, match.index).split('\n').length,
  }));
}

function linksOf(text: string): readonly string[] {
  const prose = text.replaceAll(/^```.*?^```$/gms, '').replaceAll(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link]) => link ?? '')
    .filter((link) => !/^[a-z]+:/.test(link));
}

function pathOf(link: string): string {
  return link.replace(/#.*$/, '');
}

function isThere(page: string, link: string): boolean {
  const target = pathOf(link) === '' ? page : resolve(dirname(page), pathOf(link));
  const [, anchor] = link.split('#');
  if (statSync(target, { throwIfNoEntry: false }) === undefined) return false;
  return anchor === undefined || headingsOf(read(target)).includes(anchor);
}

/** Anchors as GitHub makes them. */
function headingsOf(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    (title ?? '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** A folder stands for the pages in it, as GitHub shows it. */
function pagesBehind(target: string): readonly string[] {
  const stat = statSync(target, { throwIfNoEntry: false });
  if (stat?.isDirectory() === true)
    return readdirSync(target)
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(target, name));
  return stat !== undefined && target.endsWith('.md') ? [target] : [];
}
