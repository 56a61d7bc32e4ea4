import type { Fault } from '../api/fault.ts';
import { isObject } from '../api/json.ts';
import type { CueCompiler } from '../step-types/cue-compiler.ts';
import { leftOut } from '../step-types/for-applications.ts';
import type { Compiled, StepTypeFault, StepTypeSource } from '../step-types/step-type.ts';
import { definitionObject } from './definition-object.ts';

export interface DefinitionFaults {
  readonly faults: readonly Fault[];
  /** It cannot be used, and that is no fault of whoever brought it. */
  readonly isLeftOut: boolean;
}

/** What is to be said of a step type that a file brought, whether a step uses it or not. */
export async function definitionFaults(
  source: StepTypeSource,
  found: Compiled | undefined,
  cue: CueCompiler,
): Promise<DefinitionFaults> {
  const inFile = (each: StepTypeFault): Fault => ({ ...each, file: source.file });
  if (found === undefined) return { faults: [], isLeftOut: false };
  if (found.ok) return { faults: found.warnings.map(inFile), isLeftOut: false };
  const instead = await leftOutOf(source, found.faults, cue);
  return instead === undefined
    ? { faults: found.faults.map(inFile), isLeftOut: false }
    : { faults: [inFile(instead)], isLeftOut: true };
}

async function leftOutOf(
  source: StepTypeSource,
  faults: readonly StepTypeFault[],
  cue: CueCompiler,
): Promise<StepTypeFault | undefined> {
  try {
    const { metadata } = await definitionObject(source, cue);
    return leftOut(source.name, isObject(metadata) ? metadata['labels'] : undefined, faults);
  } catch {
    return undefined; // it is no definition: its faults say so
  }
}
