import type { RunRef } from '../store/port.ts';
import type { CliIo } from './io.ts';
import { isPlugin } from './place.ts';

/** What of a call decides how the next one must look. */
export interface CallFlags {
  readonly stateDir?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
}

export type RunVerb = 'resume' | 'status' | 'logs';

/** `sluice workflow VERB NAME` as the user can paste it, about the same run in the same place. */
export type RunCommand = (verb: RunVerb, ref: RunRef) => string;

/** For runs of the local engine, wherever they deploy to. */
export function localCommand({ stateDir }: CallFlags): RunCommand {
  return (verb, ref) => {
    const words = ['sluice', 'workflow', verb, ref.name];
    if (ref.namespace !== 'default') words.push('-n', ref.namespace);
    // A directory from the environment is there for the next command, too.
    if (stateDir !== undefined) words.push('--state-dir', stateDir);
    return words.map(quoteWord).join(' ');
  };
}

/** For runs of a cluster. */
export function clusterCommand({ kubeconfig, context }: CallFlags, io: CliIo): RunCommand {
  return (verb, ref) => {
    const program = isPlugin(io) ? ['kubectl', 'sluice'] : ['sluice'];
    const words = [...program, 'workflow', verb, ref.name, '-n', ref.namespace];
    if (kubeconfig !== undefined) words.push('--kubeconfig', kubeconfig);
    if (context !== undefined) words.push('--context', context);
    return words.map(quoteWord).join(' ');
  };
}

function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
