import type { Fault } from '../api/fault.ts';
import { openCatalog, type CatalogParts, type CompileCache } from '../step-types/catalog.ts';
import type { StepTypeSource } from '../step-types/step-type.ts';
import type { SessionParts } from './create-session.ts';
import { definitionObject } from './definition-object.ts';
import { readInput } from './input-documents.ts';
import type { AppliedDefinition, FoundStepType, InputFile } from './backend.ts';
import type { Session } from './session.ts';

/** The part of a session that is about step types. */
export function definitionMethods(
  parts: SessionParts,
): Pick<Session, 'stepTypes' | 'vetDefinitions' | 'applyDefinitions' | 'deleteDefinition' | 'definition'> {
  return {
    async stepTypes(definitions) {
      const own = readInput(definitions, 'directory').definitions;
      return winners(
        [...own, ...(await parts.stepTypeSources())].map((source) => ({ source })),
        parts,
      );
    },
    async vetDefinitions(files) {
      const { faults, sources } = await vetStepTypes(files, parts);
      return { faults, names: sources.map(({ name, file }) => ({ name, file })) };
    },
    async applyDefinitions(files, how = 'for-real') {
      const { faults, sources } = await vetStepTypes(files, parts);
      if (faults.some(({ severity }) => severity === 'error')) return { faults, applied: [] };
      const applied: AppliedDefinition[] = [];
      for (const source of sources) {
        const { name } = source;
        if (how === 'for-real') applied.push({ name, change: await parts.definitions.put(source) });
        else applied.push({ name, ...(await tryOut(source, parts)) });
      }
      return { faults, applied };
    },
    deleteDefinition: (name) => parts.definitions.delete(name),
    async definition(name) {
      const source = (await parts.stepTypeSources()).find((each) => each.name === name);
      return source === undefined ? undefined : definitionObject(source, parts.cue);
    },
  };
}

async function tryOut(
  source: StepTypeSource,
  { definitions, cue }: SessionParts,
): Promise<Pick<AppliedDefinition, 'change' | 'object'>> {
  const former = (await definitions.list()).find(({ name }) => name === source.name);
  const isSame = former?.text === source.text && former.format === source.format;
  return {
    change: former === undefined ? 'created' : isSame ? 'unchanged' : 'updated',
    object: await definitionObject(source, cue),
  };
}

export interface PlacedSource {
  readonly source: StepTypeSource;
  /** In a cluster. */
  readonly namespace?: string;
}

/** The first of each name wins. */
export async function winners(
  placed: readonly PlacedSource[],
  parts: Pick<CatalogParts, 'ops' | 'cue'> & { readonly compiled: CompileCache },
): Promise<readonly FoundStepType[]> {
  const sources = placed.map(({ source }) => source);
  const catalog = openCatalog({ ...parts, sources, cache: parts.compiled });
  const found: FoundStepType[] = [];
  for (const name of catalog.names()) {
    const compiled = await catalog.find(name);
    const [winner, ...others] = placed.filter(({ source }) => source.name === name);
    if (compiled === undefined || winner === undefined) continue;
    const { namespace } = winner;
    found.push({
      name,
      origin: winner.source.origin,
      ...(namespace === undefined ? {} : { namespace }),
      over: others.map((other) => other.namespace ?? other.source.origin),
      compiled,
    });
  }
  return found;
}

/** Compiles the step types of files; `sources` are they. */
export async function vetStepTypes(
  files: readonly InputFile[],
  { ops, cue }: Pick<CatalogParts, 'ops' | 'cue'>,
): Promise<{ readonly faults: readonly Fault[]; readonly sources: readonly StepTypeSource[] }> {
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

function notDefinition(place: Omit<Fault, 'code' | 'severity' | 'message'>): Fault {
  const message = 'a WorkflowRun is no step type: run it with sluice run FILE';
  return { ...place, code: 'UnsupportedKind', severity: 'error', message };
}
