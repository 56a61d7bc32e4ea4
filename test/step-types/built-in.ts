import { opSpecs } from '../../src/ops/registry.ts';
import { readBuiltInSources } from '../../src/step-types/built-in-files.ts';
import { openCatalog } from '../../src/step-types/catalog.ts';
import type { StepType, StepTypeCatalog } from '../../src/step-types/step-type.ts';
import { noCue } from './sample.ts';

/** A compiled step type keeps nothing from one turn to the next, so that all tests of a file may share them. */
const builtIns: Promise<StepTypeCatalog> = readBuiltInSources().then((sources) =>
  openCatalog({ sources, ops: opSpecs, cue: noCue }),
);

export function openBuiltIns(): Promise<StepTypeCatalog> {
  return builtIns;
}

/** A step type that comes with Sluice. Throws when it does not compile. */
export async function builtIn(name: string): Promise<StepType> {
  const compiled = await (await openBuiltIns()).find(name);
  if (compiled?.ok !== true) throw new Error(JSON.stringify(compiled ?? `there is no step type ${name}`));
  return compiled.stepType;
}
