// The definitions that KubeVela ships, as they are: `SLUICE_KUBEVELA_DEFS` names a folder with them (`.yaml` as a chart renders
// them, `.cue` as the repositories hold them, in folders of any names). They are not part of this repository.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join, relative } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { openCueEngine } from '../../src/cue/engine.ts';
import { ops } from '../../src/ops/registry.ts';
import { openCueCompiler } from '../../src/step-types/cue-compiler.ts';
import { compileStepType } from '../../src/step-types/compile-step-type.ts';
import { fileOf } from '../session/open-test-session.ts';
import { catalogue, catalogueTable } from './catalogue.ts';
import { shippedRuns, type ShippedRun } from './shipped-runs.ts';
import { openServers, runIn } from './world.ts';

const folder = process.env['SLUICE_KUBEVELA_DEFS'] ?? '';
const settle = fileOf('settle.cue', readFileSync(join(import.meta.dirname, 'fixtures/settle.cue')));

interface ShippedFile {
  /** Such as `workflow/request.yaml`. */
  readonly file: string;
  readonly name: string;
  readonly text: string;
}

/** Every WorkflowStepDefinition in the folder, one document or CUE file each. */
function shippedFiles(): readonly ShippedFile[] {
  if (folder === '' || !existsSync(folder)) return [];
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted();
  return paths.flatMap((path): readonly ShippedFile[] => {
    const file = relative(folder, join(folder, path));
    const kind = extname(path);
    if (kind === '.cue')
      return [{ file, name: basename(path, kind), text: readFileSync(join(folder, path), 'utf8') }];
    return kind === '.yaml' ? definitionsOf(file, readFileSync(join(folder, path), 'utf8')) : [];
  });
}

function definitionsOf(file: string, text: string): readonly ShippedFile[] {
  return parseAllDocuments(text).flatMap((document) => {
    const value = document.toJS() as { kind?: string; metadata?: { name?: string } } | null;
    if (value?.kind !== 'WorkflowStepDefinition') return [];
    return [{ file, name: value.metadata?.name ?? '', text: JSON.stringify(value) }];
  });
}

test('the table in the documentation is the one that is tested', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/compatibility.md'), 'utf8');
  expect(page).toContain(catalogueTable());
});

test('every definition that can run has a run', () => {
  const tried = new Set(shippedRuns.map(({ type }) => type));
  const able = catalogue.filter(({ verdict }) => verdict !== 'not applicable').map(({ name }) => name);
  expect([...tried].toSorted()).toEqual(able.toSorted());
});

const files = shippedFiles();

describe.skipIf(files.length === 0)('shipped definitions', () => {
  const engine = openCueEngine({ ops });
  afterAll(() => engine.close());

  test('all of them are in the table', () => {
    const known = new Set(catalogue.map(({ name }) => name));
    expect(files.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([]);
  });

  test.each(files)('$file $name loads', async ({ name, file, text }) => {
    const format = file.endsWith('.cue') ? 'cue' : 'yaml';
    const source = { name, format, origin: 'file', file, text } as const;
    const compiled = await compileStepType(source, { ops, cue: openCueCompiler(engine) });
    const { fault } = catalogue.find((each) => each.name === name) ?? {};
    const faults = compiled.ok ? [] : compiled.faults.map(({ message }) => message);
    if (fault === undefined) expect(faults).toEqual([]);
    else expect(faults.join('\n')).toContain(fault);
  });

  const runs = files.flatMap((file) =>
    shippedRuns.filter(({ type }) => type === file.name).map((run) => ({ ...file, run, what: run.name })),
  );

  test.each(runs)('$file $name: $what', { timeout: 30_000 }, async ({ run, file, text }) => {
    await check(run, fileOf(file, text));
  });
});

async function check(run: ShippedRun, definition: ReturnType<typeof fileOf>): Promise<void> {
  const servers = await openServers();
  try {
    const ended = await runIn(servers, [definition, settle], run.run(servers));
    await run.check?.(ended, servers);
    expect(`${ended.phase} ${JSON.stringify(ended.steps)}`).toMatch(
      new RegExp(`^${run.phase ?? 'succeeded'} `),
    );
  } finally {
    await servers.close();
  }
}

if (files.length === 0) test.skip('not run: SLUICE_KUBEVELA_DEFS names no folder with definitions');
