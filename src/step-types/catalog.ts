import { compileStepType, type CompileParts } from './compile-step-type.ts';
import { digestOfSource } from './packages/imported-packages.ts';
import type { Compiled, StepTypeCatalog, StepTypeSource } from './step-type.ts';

export interface CatalogParts extends CompileParts {
  /** The first that has a name wins, also when it does not compile. */
  readonly sources: readonly StepTypeSource[];
  /** Shared between catalogs, so that a text is compiled once. */
  readonly cache?: CompileCache;
}

/** Compilations by file and text. */
export type CompileCache = Map<string, Promise<Compiled>>;

/** Step types by name, each compiled when it is first asked for. */
export function openCatalog({ sources, cache = new Map(), ...parts }: CatalogParts): StepTypeCatalog {
  const byName = new Map<string, StepTypeSource>();
  for (const source of sources) if (!byName.has(source.name)) byName.set(source.name, source);
  const names = [...byName.keys()].toSorted();
  return {
    async find(name) {
      const source = byName.get(name);
      if (source === undefined) return undefined;
      // Places name the file, so the same text in two files is compiled twice.
      const key = [source.name, source.format, source.origin, source.file, digestOfSource(source)].join('\n');
      const known = cache.get(key) ?? compileStepType(source, parts);
      cache.set(key, known);
      return known;
    },
    names: () => names,
  };
}
