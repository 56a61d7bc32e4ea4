import { isObject, parseJson, stringifyJson } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { definitionApiVersion } from '../../api/workflow.ts';
import type { ApiClient } from '../../cluster/kubernetes/api-client.ts';
import { Reflector } from '../../cluster/kubernetes/reflector.ts';
import { openCatalog, type CatalogParts } from '../../step-types/catalog.ts';
import type { CuePackage } from '../../cue/user-package.ts';
import { digestOfSource, withPackages } from '../../step-types/packages/imported-packages.ts';
import type { StepTypeSource } from '../../step-types/step-type.ts';
import type { CatalogView } from '../run/plan-run.ts';
import { Packages } from './packages.ts';
import type { Revisions } from './revisions.ts';

export interface DefinitionsParts extends Pick<CatalogParts, 'ops' | 'cue'> {
  readonly client: ApiClient;
  /** Where definitions for every namespace stand: `vela-system`. */
  readonly systemNamespace: string;
  readonly builtIn: readonly StepTypeSource[];
  readonly revisions: Revisions;
  readonly signal: AbortSignal;
  onError(error: unknown): void;
}

interface KeptDefinition {
  readonly namespace: string;
  readonly source: StepTypeSource;
}

/**
 * Step types as runs see them: those of their own namespace, then the system's, then the built-in ones. Each imports from where
 * it stands: a namespace's Packages never change what a step type of the system does.
 */
export class Definitions {
  readonly #parts: DefinitionsParts;
  readonly #reflector: Reflector<KeptDefinition>;
  readonly #cache: NonNullable<CatalogParts['cache']> = new Map();
  readonly #synced = Promise.withResolvers<void>();
  readonly #packages: Packages;
  readonly #views = new Map<string, CatalogView>();
  readonly #seen = new Map<string, readonly StepTypeSource[]>();
  readonly #digests = new WeakMap<StepTypeSource, string>();
  #changes = 0;

  constructor(parts: DefinitionsParts) {
    this.#parts = parts;
    const changed = (): void => {
      this.#changes += 1;
      this.#views.clear();
      this.#seen.clear();
    };
    const { client, systemNamespace, signal } = parts;
    this.#packages = new Packages({
      client,
      systemNamespace,
      signal,
      onChange: changed,
      onError: (error) => parts.onError(error),
    });
    this.#reflector = new Reflector<KeptDefinition>(
      {
        client: parts.client,
        path: `/apis/${definitionApiVersion}/workflowstepdefinitions`,
        transform: keptDefinition,
        signal: parts.signal,
      },
      {
        onUpsert: changed,
        onDelete: changed,
        onSynced: () => this.#synced.resolve(),
        onError: (error) => parts.onError(error),
      },
    );
  }

  start(): void {
    this.#reflector.start();
    this.#packages.start();
  }

  get isSynced(): boolean {
    return this.#reflector.isSynced && this.#packages.isSynced;
  }

  /** Resolves after the first complete list. */
  get synced(): Promise<void> {
    return Promise.all([this.#synced.promise, this.#packages.synced]).then(() => undefined);
  }

  /** What a run that starts now in this namespace sees. */
  view(namespace: string): CatalogView {
    const known = this.#views.get(namespace);
    if (known !== undefined) return known;
    const sources = this.#sources(namespace);
    const view: CatalogView = {
      catalog: this.#open(sources),
      // Most namespaces have no definitions of their own, and share their plans.
      version: `${this.#changes}/${this.#hasOwn(namespace) ? namespace : ''}`,
    };
    this.#views.set(namespace, view);
    return view;
  }

  /** What step types of the namespace may import. */
  packages(namespace: string): readonly CuePackage[] {
    return this.#packages.seenFrom(namespace);
  }

  /** The revisions that a run began with. Throws SluiceError `terminal` when one of them is gone. */
  async pinned(namespace: string, digests: Readonly<Record<string, string>>): Promise<CatalogView> {
    const current = this.#sources(namespace);
    const pinned = await Promise.all(
      Object.entries(digests).map(async ([name, digest]) => {
        const same = current.find((source) => source.name === name && this.#digest(source) === digest);
        return same ?? readKept(await this.#parts.revisions.find(digest, `step type ${name}`));
      }),
    );
    return { catalog: this.#open(pinned), version: Object.values(digests).join('/') };
  }

  /** Stores the revisions of a run's step types for whoever goes on with it. */
  async pin(sources: readonly StepTypeSource[]): Promise<void> {
    const { revisions } = this.#parts;
    await Promise.all(sources.map((source) => revisions.store(this.#digest(source), stringifyJson(source))));
  }

  #sources(namespace: string): readonly StepTypeSource[] {
    const known = this.#seen.get(namespace);
    if (known !== undefined) return known;
    const { systemNamespace, builtIn } = this.#parts;
    const all = [...this.#reflector.values()];
    const of = (wanted: string): StepTypeSource[] => {
      const visible = this.#packages.seenFrom(wanted);
      return all
        .filter((kept) => kept.namespace === wanted)
        .map(({ source }) => withPackages(source, visible));
    };
    const others = namespace === systemNamespace ? [] : of(systemNamespace);
    const sources = [...of(namespace), ...others, ...builtIn];
    this.#seen.set(namespace, sources);
    return sources;
  }

  #hasOwn(namespace: string): boolean {
    return [...this.#reflector.values()].some((kept) => kept.namespace === namespace);
  }

  #open(sources: readonly StepTypeSource[]): CatalogView['catalog'] {
    const { ops, cue } = this.#parts;
    return openCatalog({ sources, ops, cue, cache: this.#cache });
  }

  #digest(source: StepTypeSource): string {
    const known = this.#digests.get(source) ?? digestOfSource(source);
    this.#digests.set(source, known);
    return known;
  }
}

function keptDefinition({ metadata, ...rest }: KubeObject): KeptDefinition | undefined {
  const { name, namespace, annotations = {} } = metadata;
  if (name === undefined || namespace === undefined) return undefined;
  // The text is what a run pins: it must not change with what does not matter, such as who applied it.
  const described = Object.fromEntries(
    Object.entries(annotations).filter(([key]) => key.startsWith('definition.oam.dev/')),
  );
  const spec = isObject(rest['spec']) ? rest['spec'] : {};
  const apiVersion = definitionApiVersion;
  const kind = 'WorkflowStepDefinition';
  const definition = { apiVersion, kind, metadata: { name, annotations: described }, spec };
  return {
    namespace,
    source: {
      name,
      format: 'yaml',
      origin: 'cluster',
      file: `${namespace}/${name}`,
      text: stringifyJson(definition),
    },
  };
}

function readKept(text: string): StepTypeSource {
  return parseJson(text) as unknown as StepTypeSource;
}
