import type { Fault } from '../api/fault.ts';
import { openCatalog, type CatalogParts, type CompileCache } from '../step-types/catalog.ts';
import type { CuePackage } from '../cue/user-package.ts';
import { firstOfEach } from '../step-types/packages/imported-packages.ts';
import type { PackageSource } from '../step-types/packages/package-source.ts';
import type { StepTypeSource } from '../step-types/step-type.ts';
import type { DefinitionChange, PackageStore } from '../store/port.ts';
import type { SessionParts } from './create-session.ts';
import { definitionFaults } from './definition-faults.ts';
import { definitionObject } from './definition-object.ts';
import { readInput } from './input-documents.ts';
import { importing, packageFaults, packageObject, visiblePackages } from './packages.ts';
import type { AppliedDefinition, FoundStepType, InputFile } from './backend.ts';
import type { Session } from './session.ts';

/** The part of a session that is about step types. */
export function definitionMethods(
  parts: SessionParts,
): Pick<
  Session,
  | 'stepTypes'
  | 'vetDefinitions'
  | 'applyDefinitions'
  | 'deleteDefinition'
  | 'definition'
  | 'packages'
  | 'deletePackage'
> {
  const store = parts.definitions.packages;
  const vetHere = async (files: readonly InputFile[]) =>
    vetStepTypes(files, parts, visiblePackages(await parts.packageSources()));
  return {
    async stepTypes(definitions) {
      const own = readInput(definitions, 'directory');
      const packages = visiblePackages([
        ...own.packages.map(({ source }) => source),
        ...(await parts.packageSources()),
      ]);
      return winners(
        importing([...own.definitions, ...(await parts.stepTypeSources())], packages).map((source) => ({
          source,
        })),
        parts,
      );
    },
    async vetDefinitions(files) {
      const { faults, names, packages } = await vetHere(files);
      return { faults, names, packages: packages.map(({ name }) => name) };
    },
    async applyDefinitions(files, how = 'for-real') {
      const { faults, sources, packages } = await vetHere(files);
      if (faults.some(({ severity }) => severity === 'error')) return { faults, applied: [] };
      const applied: AppliedDefinition[] = [];
      for (const source of packages) {
        const { name } = source;
        if (how === 'for-real') applied.push({ kind: 'Package', name, change: await store.put(source) });
        else applied.push({ kind: 'Package', name, ...(await tryOutPackage(source, store)) });
      }
      for (const source of sources) {
        const { name } = source;
        if (how === 'for-real') applied.push({ kind, name, change: await parts.definitions.put(source) });
        else applied.push({ kind, name, ...(await tryOut(source, parts)) });
      }
      return { faults, applied };
    },
    deleteDefinition: (name) => parts.definitions.delete(name),
    async definition(name) {
      const source = (await parts.stepTypeSources()).find((each) => each.name === name);
      return source === undefined ? undefined : definitionObject(source, parts.cue);
    },
    async packages() {
      return (await store.list()).map((source) => ({
        name: source.name,
        origin: source.origin,
        object: packageObject(source),
      }));
    },
    deletePackage: (name) => store.delete(name),
  };
}

async function tryOutPackage(
  source: PackageSource,
  store: PackageStore,
): Promise<Pick<AppliedDefinition, 'change' | 'object'>> {
  const former = (await store.list()).find(({ name }) => name === source.name);
  return { change: changeOf(former?.text, source.text), object: packageObject(source) };
}

function changeOf(former: string | undefined, text: string): DefinitionChange {
  return former === undefined ? 'created' : former === text ? 'unchanged' : 'updated';
}

async function tryOut(
  source: StepTypeSource,
  { definitions, cue }: SessionParts,
): Promise<Pick<AppliedDefinition, 'change' | 'object'>> {
  const former = (await definitions.list()).find(({ name }) => name === source.name);
  const isOther = former !== undefined && former.format !== source.format;
  return {
    change: isOther ? 'updated' : changeOf(former?.text, source.text),
    object: await definitionObject(source, cue),
  };
}

export interface PlacedSource {
  readonly source: StepTypeSource;
  /** In a cluster. */
  readonly namespace?: string;
}

const kind = 'WorkflowStepDefinition';

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

export interface VettedFiles {
  readonly faults: readonly Fault[];
  readonly names: readonly { readonly name: string; readonly file: string }[];
  readonly sources: readonly StepTypeSource[];
  readonly packages: readonly PackageSource[];
}

/** Compiles the step types and Packages of files; `installed` are the Packages that stand already where they are to go. */
export async function vetStepTypes(
  files: readonly InputFile[],
  { ops, cue }: Pick<CatalogParts, 'ops' | 'cue'>,
  installed: readonly CuePackage[] = [],
): Promise<VettedFiles> {
  const input = readInput(files, 'installed');
  const given = input.packages.map(({ source }) => source);
  const packages = firstOfEach([...visiblePackages(given), ...installed]);
  const knownPackages = packages.map(({ path }) => path);
  const faults = [
    ...input.faults,
    ...input.runs.map(({ document }) => notDefinition(document.locate(['kind']))),
    ...(await packageFaults(input.packages, installed, { ops, cue })),
  ];
  const sources: StepTypeSource[] = [];
  for (const [index, source] of importing(input.definitions, packages).entries()) {
    const found = await openCatalog({ sources: [source], ops, cue, knownPackages }).find(source.name);
    const own = await definitionFaults(source, found, cue);
    faults.push(...own.faults);
    // As it was given: what it imports is looked for again when a run begins.
    if (!own.isLeftOut) sources.push(input.definitions[index] ?? source);
  }
  const names = sources.map(({ name, file }) => ({ name, file }));
  return { faults, names, sources, packages: given };
}

function notDefinition(place: Omit<Fault, 'code' | 'severity' | 'message'>): Fault {
  const message = 'a WorkflowRun is no step type: run it with sluice run FILE';
  return { ...place, code: 'UnsupportedKind', severity: 'error', message };
}
