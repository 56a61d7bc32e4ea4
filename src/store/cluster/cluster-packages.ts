import { isSluiceError } from '../../api/errors.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import type { CuePackage } from '../../cue/user-package.ts';
import { firstOfEach, withoutDoubles } from '../../step-types/packages/imported-packages.ts';
import { packageOfObject } from './package-of-object.ts';
import { InstalledObjects } from './installed-objects.ts';
import { systemNamespace } from './plain-definition.ts';
import type { WorkflowApi } from './workflow-api.ts';

/** The Packages of a cluster. Where the kind is not installed there are none. */
export class ClusterPackages extends InstalledObjects {
  readonly #api: WorkflowApi;

  constructor(api: WorkflowApi) {
    super(api, 'packages');
    this.#api = api;
  }

  /** What step types of the namespace may import: its own Packages, then the system's. */
  async seenFrom(namespace: string): Promise<readonly CuePackage[]> {
    const found: CuePackage[] = [];
    for (const place of new Set([namespace, systemNamespace]))
      found.push(...withoutDoubles((await this.list(place)).map(packageOfObject)));
    return firstOfEach(found);
  }

  async list(namespace: string): Promise<readonly KubeObject[]> {
    try {
      return await this.#api.list('packages', namespace, (object) => object);
    } catch (error) {
      // Whoever may not read them is told that there is no such package where a step type needs one.
      if (isSluiceError(error) && (error.code === 'NotInstalled' || error.kind === 'denied')) return [];
      throw error;
    }
  }
}
