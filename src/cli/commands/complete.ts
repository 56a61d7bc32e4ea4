import { stat } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Session } from '../../runner/session.ts';
import type { CommandContext } from '../command-context.ts';
import { wantedAt, type Candidate, type Wanted } from '../completion/candidates.ts';
import { shells } from '../completion/shell-script.ts';
import { exitCodes } from '../exit-code.ts';
import { commonKinds } from '../kube/look-up.ts';
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
    case 'run':
    case 'step':
    case 'step-type':
    case 'namespace':
    case 'cluster':
      await printStored(wanted, words, context);
  }
}

/** What the engine knows. Completing creates no state directory. */
async function printStored(
  wanted: WantedValue,
  words: readonly string[],
  context: CommandContext,
): Promise<void> {
  const index = words.indexOf('--state-dir');
  const option = index === -1 ? undefined : words[index + 1];
  const stateDir = stateDirectory(option, context.io);
  const isThere = await stat(stateDir).then(
    () => true,
    () => false,
  );
  if (!isThere && wanted.of !== 'step-type') return;
  const candidates = await withSession(context, { stateDir }, (session) => stored(wanted, session), {
    isQuiet: true,
  });
  print(candidates, context);
}

async function stored(wanted: WantedValue, session: Session): Promise<readonly Candidate[]> {
  switch (wanted.of) {
    case 'run': {
      const runs = await session.list();
      return runs.map(({ ref, phase }) => ({ text: ref.name, description: phase }));
    }
    case 'namespace': {
      const runs = await session.list();
      return named([...new Set(runs.map(({ ref }) => ref.namespace))]);
    }
    case 'step': {
      const [name] = wanted.words;
      if (name === undefined) return [];
      const { view } = await session.get(await session.find(name, undefined));
      return allSteps(view.steps).map(({ path, phase }) => ({ text: path, description: phase }));
    }
    case 'step-type': {
      const all = await session.stepTypes([]);
      const mine = wanted.command.includes('delete')
        ? all.filter(({ origin }) => origin === 'installed')
        : all;
      return mine.map(({ name, compiled }) => ({
        text: name,
        description: compiled.ok ? cleanLine(compiled.stepType.description) : '',
      }));
    }
    case 'cluster':
      return named((await session.clusters.names()).filter((name) => name !== ''));
    case 'file':
    case 'directory':
    case 'shell':
    case 'kind':
      return [];
  }
}

function named(texts: readonly string[]): readonly Candidate[] {
  return texts.map((text) => ({ text, description: '' }));
}

function print(candidates: readonly Candidate[], { io }: CommandContext): void {
  for (const { text, description } of candidates) {
    io.stdout.write(description === '' ? `${text}\n` : `${text}\t${description}\n`);
  }
}
