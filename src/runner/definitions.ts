import type { Fault } from '../api/fault.ts';
import { openCatalog } from '../step-types/catalog.ts';
import type { StepTypeSource } from '../step-types/step-type.ts';
import type { SessionParts } from './create-session.ts';
import { readInput } from './input-documents.ts';
import type { FoundStepType, InputFile, Session } from './session.ts';

/** The part of a session that is about step types. */
export function definitionMethods(
  parts: SessionParts,
): Pick<Session, 'stepTypes' | 'vetDefinitions' | 'applyDefinitions'> {
  const { ops, cue } = parts;

  async function vet(
    files: readonly InputFile[],
  ): Promise<{ faults: readonly Fault[]; sources: readonly StepTypeSource[] }> {
    const input = readInput(files, 'installed');
    const faults = [
      ...input.faults,
      ...input.runs.map(({ document }) => notDefinition(document.locate(['kind']))),
    ];
    for (const source of input.definitions) {
      const found = await openCatalog({ sources: [source], ops, cue }).find(source.name);
      const own = found === undefined ? [] : found.ok ? found.warnings : found.faults;
      faults.push(...own.map((fault) => ({ ...fault, file: source.file })));
    }
    return { faults, sources: input.definitions };
  }

  return {
    async stepTypes(definitions) {
      const own = readInput(definitions, 'directory').definitions;
      const sources = [...own, ...(await parts.stepTypeSources())];
      const catalog = openCatalog({ sources, ops, cue, cache: parts.compiled });
      const found: FoundStepType[] = [];
      for (const name of catalog.names()) {
        const compiled = await catalog.find(name);
        const origin = sources.find((source) => source.name === name)?.origin;
        if (compiled !== undefined && origin !== undefined) found.push({ name, origin, compiled });
      }
      return found;
    },
    async vetDefinitions(files) {
      const { faults, sources } = await vet(files);
      return { faults, names: sources.map(({ name, file }) => ({ name, file })) };
    },
    async applyDefinitions(files) {
      const { faults, sources } = await vet(files);
      if (faults.some(({ severity }) => severity === 'error')) return { faults, applied: [] };
      const applied = [];
      for (const source of sources) {
        applied.push({ name: source.name, change: await parts.definitions.put(source) });
      }
      return { faults, applied };
    },
  };
}

function notDefinition(place: Omit<Fault, 'code' | 'severity' | 'message'>): Fault {
  const message = 'a WorkflowRun is no step type: run it with sluice run FILE';
  return { ...place, code: 'UnsupportedKind', severity: 'error', message };
}
