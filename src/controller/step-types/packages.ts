import { isSluiceError } from '../../api/errors.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { packageApiVersion } from '../../api/workflow.ts';
import type { ApiClient } from '../../cluster/kubernetes/api-client.ts';
import { Reflector } from '../../cluster/kubernetes/reflector.ts';
import type { CuePackage } from '../../cue/user-package.ts';
import { firstOfEach, withoutDoubles } from '../../step-types/packages/imported-packages.ts';
import { packageOfObject } from '../../store/cluster/package-of-object.ts';

export interface PackagesParts {
  readonly client: ApiClient;
  /** Where Packages for every namespace stand: `vela-system`. */
  readonly systemNamespace: string;
  readonly signal: AbortSignal;
  onChange(): void;
  onError(error: unknown): void;
}

interface KeptPackage {
  readonly namespace: string;
  readonly package: CuePackage;
}

/** The Packages of a cluster. Where the kind is not installed, or may not be read, there are none. */
export class Packages {
  readonly #reflector: Reflector<KeptPackage>;
  readonly #systemNamespace: string;
  readonly #known = Promise.withResolvers<void>();
  #isKnown = false;

  constructor(parts: PackagesParts) {
    const { client, systemNamespace, signal } = parts;
    const changed = (): void => parts.onChange();
    this.#systemNamespace = systemNamespace;
    this.#reflector = new Reflector<KeptPackage>(
      {
        client,
        path: `/apis/${packageApiVersion}/packages`,
        transform: keptPackage,
        signal,
        // A kind that is not there may be installed later, and nobody is in a hurry for it.
        limits: { longestRetryMs: 60_000 },
      },
      {
        onUpsert: changed,
        onDelete: changed,
        onSynced: () => this.#settle(),
        onError: (error) => {
          const isAbsent = isSluiceError(error) && error.details?.['statusCode'] === 404;
          if (!isAbsent) parts.onError(error);
          if (isAbsent || (isSluiceError(error) && error.kind === 'denied')) this.#settle();
        },
      },
    );
  }

  start(): void {
    this.#reflector.start();
  }

  /** It is known which there are. */
  get isSynced(): boolean {
    return this.#isKnown;
  }

  get synced(): Promise<void> {
    return this.#known.promise;
  }

  /** What step types of the namespace may import: its own Packages, then the system's. */
  seenFrom(namespace: string): readonly CuePackage[] {
    const all = [...this.#reflector.values()];
    const places = [...new Set([namespace, this.#systemNamespace])];
    return firstOfEach(
      places.flatMap((place) =>
        withoutDoubles(all.filter((kept) => kept.namespace === place).map((kept) => kept.package)),
      ),
    );
  }

  #settle(): void {
    this.#isKnown = true;
    this.#known.resolve();
  }
}

function keptPackage(object: KubeObject): KeptPackage | undefined {
  const { namespace } = object.metadata;
  return namespace === undefined ? undefined : { namespace, package: packageOfObject(object) };
}
