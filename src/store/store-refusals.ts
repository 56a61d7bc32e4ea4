import { SluiceError } from '../api/errors.ts';
import type { RunPhase } from '../api/status.ts';
import type { RunRef } from './port.ts';

/** `invalid`/`RunExists`: a run of this name has not finished. */
export function runExists(ref: RunRef, phase: RunPhase): SluiceError {
  return new SluiceError(
    'invalid',
    'RunExists',
    `The run ${show(ref)} exists and has not finished (${phase}).`,
    {
      hint: `Go on with it: sluice workflow resume ${ref.name} -n ${ref.namespace}. Or delete it: sluice workflow delete ${ref.name} -n ${ref.namespace}.`,
    },
  );
}

/** `invalid`/`RunIsLive`: a process runs it. */
export function runIsLive(ref: RunRef): SluiceError {
  return new SluiceError(
    'invalid',
    'RunIsLive',
    `The run ${show(ref)} is being run by a process right now.`,
    {
      hint: `Stop it first: sluice workflow terminate ${ref.name} -n ${ref.namespace}.`,
    },
  );
}

/** `invalid`/`RunNotFound`: it was deleted, or replaced by a newer run of its name. */
export function runNotFound(id: string): SluiceError {
  return new SluiceError('invalid', 'RunNotFound', `There is no run with the id ${id} any more.`);
}

/** `bug`/`StaleState`: the state saved was made from a version that is not the stored one. */
export function staleState(id: string, expectedVersion: number, stored: number | undefined): SluiceError {
  const found = stored === undefined ? 'it is gone' : `version ${stored} is stored`;
  return new SluiceError(
    'bug',
    'StaleState',
    `A save of run ${id} expected version ${expectedVersion}, but ${found}.`,
  );
}

function show(ref: RunRef): string {
  return `${ref.namespace}/${ref.name}`;
}
