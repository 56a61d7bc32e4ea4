import { dirname, join, resolve } from 'node:path';
import { SluiceError } from '../../api/errors.ts';
import type { Analysis, AnalyzeQuery } from '../../analyze/cluster/analyze-cluster.ts';
import type { ReadOnlyCluster } from '../../cluster/port.ts';
import type { CommandContext, SessionFlags } from '../command-context.ts';
import { readInputFile, readInputFiles } from '../input-files.ts';
import { printFaults } from '../print-faults.ts';

export interface CustomFlags extends SessionFlags {
  readonly rules?: readonly string[];
}

/** Adds what the user's analyzers find. */
export type Extend = (cluster: ReadOnlyCluster, analysis: Analysis) => Promise<Analysis>;

/**
 * Reads the analyzers of `--rules`, and closes what they run on however `use` ends. Undefined after saying what is wrong with
 * their files: with a rule left out, what is not found would seem not to be there.
 */
export async function withCustomAnalyzers<Result>(
  { rules, caFile }: CustomFlags,
  query: AnalyzeQuery,
  context: CommandContext,
  use: (extend: Extend) => Promise<Result>,
): Promise<Result | undefined> {
  if (rules === undefined) return use(async (_cluster, analysis) => analysis);
  const { io } = context;
  const files = await readInputFiles(rules, io);
  const ca = caFile === undefined ? undefined : await readInputFile(caFile, io);
  const { openAnalyzers } = await import('../../runner/custom-analyzers/open-analyzers.ts');
  const opened = await openAnalyzers(files, {
    env: io.env,
    ...(ca === undefined ? {} : { ca: new TextDecoder().decode(ca.bytes) }),
    secret: ({ env, file = '' }, from) =>
      env === undefined ? fileText(join(dirname(resolve(io.cwd, from)), file), file, io) : variable(env, io),
  });
  try {
    if (!opened.ok) {
      printFaults(context, opened.faults, files, 'stderr');
      return undefined;
    }
    return await use((cluster, analysis) => opened.extend(cluster, analysis, query));
  } finally {
    await opened.close();
  }
}

async function variable(name: string, { env }: CommandContext['io']): Promise<string> {
  const value = env[name];
  if (value !== undefined && value !== '') return value;
  throw new SluiceError('invalid', 'MissingSecret', `the variable ${name} is not set`);
}

/** `name` is what the user wrote. */
async function fileText(path: string, name: string, io: CommandContext['io']): Promise<string> {
  try {
    return new TextDecoder().decode((await readInputFile(path, io)).bytes);
  } catch {
    throw new SluiceError('invalid', 'MissingSecret', `the file ${name} cannot be read`);
  }
}
