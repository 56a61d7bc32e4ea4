import type { Compiled, StepType, StepTypeCatalog, StepTypeFault } from '../step-types/step-type.ts';
import type { DraftStep } from './draft-step.ts';
import type { FaultList } from './fault-list.ts';
import { didYouMean } from './suggest.ts';

export interface FoundTypes {
  readonly byName: ReadonlyMap<string, Compiled | undefined>;
  typeOf(name: string): StepType | undefined;
}

/** Compiles each step type that is mentioned. */
export async function findStepTypes(
  names: ReadonlySet<string>,
  catalog: StepTypeCatalog,
): Promise<FoundTypes> {
  const found = await Promise.all([...names].map(async (name) => [name, await catalog.find(name)] as const));
  const byName = new Map(found);
  return {
    byName,
    typeOf(name) {
      const compiled = byName.get(name);
      return compiled?.ok === true ? compiled.stepType : undefined;
    },
  };
}

/**
 * Reports types that do not exist, where they are named, and the faults of types in their own files, once each: of one that
 * came with the run also what had to be repaired in its CUE. Of an installed one that was said when it was installed.
 */
export function checkStepTypes(
  steps: readonly DraftStep[],
  types: FoundTypes,
  catalog: StepTypeCatalog,
  faults: FaultList,
): void {
  const seen = new Set<string>();
  for (const step of steps) {
    if (step.type === '') continue;
    const compiled = types.byName.get(step.type);
    if (compiled === undefined) {
      const { suggestion } = didYouMean(step.type, catalog.names());
      const message = `there is no step type "${step.type}"; add its definition to the files, or choose one of \`sluice def list\``;
      step.reader.fault('UnknownStepType', ['type'], message, suggestion);
    } else if (!compiled.ok) {
      const errors = compiled.faults.filter(({ severity }) => severity === 'error');
      const [first] = errors;
      const where = compiled.file === undefined ? '' : ` in ${compiled.file}`;
      const why = first?.message.replace(`step type ${step.type}: `, '') ?? 'it does not compile';
      step.reader.fault(
        errors.every(({ code }) => code === 'UnknownPackage') ? 'UnknownPackage' : 'BadStepType',
        ['type'],
        `the step type "${step.type}" has faults${where}: ${why}`,
        first?.suggestion,
      );
      if (!seen.has(step.type)) reportOwnFaults(compiled.file, compiled.faults, faults);
      seen.add(step.type);
    } else if (!seen.has(step.type)) {
      const { origin, file } = compiled.stepType.source;
      const repaired = compiled.warnings.filter(({ code }) => code === 'BadCue');
      if (origin === 'file' || origin === 'directory') reportOwnFaults(file, repaired, faults);
      seen.add(step.type);
    }
  }
}

function reportOwnFaults(file: string | undefined, found: readonly StepTypeFault[], faults: FaultList): void {
  if (file === undefined) return;
  for (const fault of found) faults.addForeign({ file, ...fault });
}
