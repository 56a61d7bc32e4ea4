import type { CommandContext } from '../command-context.ts';
import { SluiceError } from '../../api/errors.ts';
import { defaultAnalyzers } from '../../analyze/cluster/default-analyzers.ts';
import { analyzerNames, knownAnalyzers } from '../../analyze/cluster/known-analyzers.ts';
import { activeAnalyzers } from '../analyze/choose-analyzers.ts';
import { readConfig, writeConfig, type FilterChanges } from '../config-file.ts';
import { exitCodes } from '../exit-code.ts';
import { stateDirectory } from '../state-directory.ts';

export interface FiltersFlags {
  readonly stateDir?: string;
}

const unchanged: FilterChanges = { added: [], removed: [] };

/** The analyzers that `analyze` uses without `--filter`, and the others. */
export async function filtersList({ stateDir }: FiltersFlags, { io }: CommandContext): Promise<number> {
  const { filters = unchanged } = await readConfig(stateDirectory(stateDir, io));
  const active = new Set(activeAnalyzers(filters));
  const listed = (isActive: boolean): string =>
    knownAnalyzers
      .filter((analyzer) => active.has(analyzer) === isActive)
      .map(({ name }) => `> ${name}\n`)
      .join('');
  const unused = listed(false);
  io.stdout.write(`Active:\n${listed(true)}${unused === '' ? '' : `Unused:\n${unused}`}`);
  return exitCodes.succeeded;
}

/** From now on `analyze` uses these, too. */
export async function filtersAdd(
  words: readonly string[],
  flags: FiltersFlags,
  context: CommandContext,
): Promise<number> {
  const names = analyzerNames(words);
  await change(flags, context, ({ added, removed }) => ({
    added: [...new Set([...added, ...names.filter((name) => !isDefault(name))])].toSorted(),
    removed: removed.filter((name) => !names.includes(name)),
  }));
  context.io.stdout.write(`analyze now uses ${names.join(', ')}\n`);
  return exitCodes.succeeded;
}

/** From now on `analyze` leaves these out. One must stay: a look at nothing would find nothing wrong. */
export async function filtersRemove(
  words: readonly string[],
  flags: FiltersFlags,
  context: CommandContext,
): Promise<number> {
  const names = analyzerNames(words);
  await change(flags, context, ({ added, removed }) => {
    const next = {
      added: added.filter((name) => !names.includes(name)),
      removed: [...new Set([...removed, ...names.filter((name) => isDefault(name))])].toSorted(),
    };
    if (activeAnalyzers(next).length > 0) return next;
    throw new SluiceError('invalid', 'NoAnalyzer', 'analyze would have no analyzer left', {
      hint: 'Leave at least one active.',
    });
  });
  context.io.stdout.write(`analyze no longer uses ${names.join(', ')}\n`);
  return exitCodes.succeeded;
}

async function change(
  { stateDir }: FiltersFlags,
  { io }: CommandContext,
  next: (filters: FilterChanges) => FilterChanges,
): Promise<void> {
  const directory = stateDirectory(stateDir, io);
  const config = await readConfig(directory);
  await writeConfig(directory, { ...config, filters: next(config.filters ?? unchanged) });
}

function isDefault(name: string): boolean {
  return defaultAnalyzers.some((analyzer) => analyzer.name === name);
}
