import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import type { Command } from 'commander';
import type { ReadOnlyCluster } from '../../cluster/port.ts';
import type { Backend, FoundPackage } from '../../runner/backend.ts';
import type { CommandContext } from '../command-context.ts';
import { typedFlags } from '../completion/typed-flags.ts';
import { wantedAt, type Candidate, type Wanted } from '../completion/candidates.ts';
import { shells } from '../completion/shell-script.ts';
import { SluiceError } from '../../api/errors.ts';
import { exitCodes } from '../exit-code.ts';
import { commonKinds } from '../kube/look-up.ts';
import { clusterPlace } from '../place.ts';
import { packageArgument, packageSummary } from './package-name.ts';
import { allSteps } from '../render/plain-lines.ts';
import { stateDirectory } from '../state-directory.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import { withSession } from '../with-session.ts';

/** Answers a shell that completes: one candidate a line. Whatever goes wrong, it only has no candidates. */
export async function complete(
  words: readonly string[],
  program: Command,
  context: CommandContext,
): Promise<number> {
  try {
    const wanted = wantedAt(program, words);
    if (wanted.kind === 'words') print(wanted.candidates, context);
    else if (wanted.kind === 'value') await printValues(wanted, words, context);
  } catch {
    // A shell that completes has no place for a message.
  }
  return exitCodes.succeeded;
}

type WantedValue = Extract<Wanted, { kind: 'value' }>;

async function printValues(
  wanted: WantedValue,
  words: readonly string[],
  context: CommandContext,
): Promise<void> {
  switch (wanted.of) {
    case 'file':
      context.io.stdout.write(':files\n');
      return;
    case 'directory':
      context.io.stdout.write(':directories\n');
      return;
    case 'shell':
      print(named(shells), context);
      return;
    case 'kind':
      print(named(commonKinds), context);
      return;
    case 'analyzer': {
      const { knownAnalyzers } = await import('../../analyze/cluster/known-analyzers.ts');
      print(named(knownAnalyzers.map(({ name }) => name)), context);
      return;
    }
    case 'server':
      print(await servers(words, context), context);
      return;
    case 'object':
      print(named(await objects(words, context)), context);
      return;
    case 'run':
    case 'step':
    case 'verdict':
    case 'step-type':
    case 'namespace':
    case 'cluster':
      await printStored(wanted, words, context);
  }
}

/** Of models, with their addresses. */
async function servers(words: readonly string[], { io }: CommandContext): Promise<readonly Candidate[]> {
  const { openSettings } = await import('../models/settings-place.ts');
  const { stateDir } = typedFlags(words);
  const { settings } = await openSettings(stateDir === undefined ? {} : { stateDir }, io);
  return settings.servers.map(({ name, baseUrl }) => ({ text: name, description: baseUrl }));
}

/** Of the cluster that the words point at, or of the in-memory one. */
async function objects(words: readonly string[], context: CommandContext): Promise<readonly string[]> {
  const { objectWords } = await import('../completion/object-names.ts');
  const flags = typedFlags(words);
  const list = async (cluster: ReadOnlyCluster): Promise<readonly string[]> =>
    objectWords(words.at(-1) ?? '', flags.namespace, cluster);
  const place = await clusterPlace(flags, context.io);
  if (place === undefined) {
    const stateDir = stateDirectory(flags.stateDir, context.io);
    if (!(await isThere(stateDir))) return [];
    return withSession(context, { stateDir }, async ({ clusters }) => list(await clusters.get('')), {
      isQuiet: true,
    });
  }
  const { openKubernetesClusters } = await import('../../cluster/kubernetes/open-kubernetes-clusters.ts');
  const clusters = await openKubernetesClusters({
    ...place,
    now: () => context.io.now(),
    limits: { requestMs: clusterMs },
  });
  try {
    return await list(await clusters.get(''));
  } finally {
    await clusters.close();
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** A shell waits for so long for a cluster, and no longer. */
const clusterMs = 2000;

/** What the engine knows, or the cluster that the words point at. Completing creates no state directory. */
async function printStored(
  wanted: WantedValue,
  words: readonly string[],
  context: CommandContext,
): Promise<void> {
  const flags = typedFlags(words);
  const group = wanted.command[0] ?? '';
  const place = ['workflow', 'def', 'gate'].includes(group)
    ? await clusterPlace(flags, context.io)
    : undefined;
  if (place !== undefined) {
    const namespace = flags.namespace === undefined ? {} : { namespace: flags.namespace };
    const now = (): number => context.io.now();
    const cluster = await context.openCluster({ ...place, ...namespace, requestMs: clusterMs, now });
    const late = AbortSignal.timeout(clusterMs);
    try {
      const found = stored(wanted, { place: cluster, namespace: cluster.namespace });
      print(await Promise.race([found, aborted(late)]), context);
    } finally {
      await cluster.close();
    }
    return;
  }
  const stateDir = stateDirectory(flags.stateDir, context.io);
  if (!(await isThere(stateDir)) && wanted.of !== 'step-type') return;
  const candidates = await withSession(
    context,
    { stateDir },
    async (session) =>
      wanted.of === 'cluster'
        ? named((await session.clusters.names()).filter((name) => name !== ''))
        : stored(wanted, { place: session, namespace: undefined }),
    { isQuiet: true },
  );
  print(candidates, context);
}

async function aborted(signal: AbortSignal): Promise<never> {
  await once(signal, 'abort');
  throw new SluiceError('environment', 'ClusterTimeout', 'the cluster did not answer in time');
}

interface Where {
  readonly place: Backend;
  /** Runs of this one only. */
  readonly namespace: string | undefined;
}

async function stored(wanted: WantedValue, { place, namespace }: Where): Promise<readonly Candidate[]> {
  switch (wanted.of) {
    case 'run': {
      const runs = await place.list(namespace);
      return runs.map(({ ref, phase }) => ({ text: ref.name, description: phase }));
    }
    case 'namespace': {
      const runs = await place.list();
      return named([...new Set(runs.map(({ ref }) => ref.namespace))]);
    }
    case 'step': {
      const [name] = wanted.words;
      if (name === undefined) return [];
      const { view } = await place.get(await place.find(name, namespace));
      return allSteps(view.steps).map(({ path, phase }) => ({ text: path, description: phase }));
    }
    case 'verdict': {
      const found = await place.verdicts.list({ namespace: namespace ?? 'default', limit: 50 });
      return found.map(({ id, verdict: { gate, outcome } }) => ({
        text: id,
        description: `${gate} ${outcome}`,
      }));
    }
    case 'step-type': {
      const all = await place.stepTypes([]);
      const mine = wanted.command.includes('delete')
        ? all.filter(({ origin }) => origin === 'installed' || origin === 'cluster')
        : all;
      const types = mine.map(({ name, compiled }) => ({
        text: name,
        description: compiled.ok ? cleanLine(compiled.stepType.description) : '',
      }));
      const takesPackages = wanted.command.includes('delete') || wanted.command.includes('get');
      return [...types, ...(takesPackages ? (await place.packages()).map(packageCandidate) : [])];
    }
    case 'cluster':
    case 'file':
    case 'directory':
    case 'shell':
    case 'analyzer':
    case 'kind':
    case 'object':
    case 'server':
      return [];
  }
}

function packageCandidate(found: FoundPackage): Candidate {
  return { text: packageArgument(found), description: cleanLine(packageSummary(found)) };
}

function named(texts: readonly string[]): readonly Candidate[] {
  return texts.map((text) => ({ text, description: '' }));
}

function print(candidates: readonly Candidate[], { io }: CommandContext): void {
  for (const { text, description } of candidates) {
    io.stdout.write(description === '' ? `${text}\n` : `${text}\t${description}\n`);
  }
}
