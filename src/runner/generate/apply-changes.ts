import type { SluiceError } from '../../api/errors.ts';
import { isSluiceError } from '../../api/errors.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import type { Cluster } from '../../cluster/port.ts';
import type { Change } from './preview-changes.ts';

export interface ApplyEnd {
  readonly done: readonly {
    readonly manifest: KubeObject;
    readonly outcome: 'created' | 'changed' | 'unchanged';
  }[];
  /** Applying stopped there. */
  readonly failed?: { readonly manifest: KubeObject; readonly error: SluiceError };
  /** Not even tried. */
  readonly left: readonly KubeObject[];
}

const outcomes = { new: 'created', changed: 'changed', same: 'unchanged' } as const;

/** Applies one after the other and stops at the first that fails; what is the same already is not touched. */
export async function applyChanges(
  cluster: Pick<Cluster, 'apply'>,
  changes: readonly Change[],
): Promise<ApplyEnd> {
  const done: { manifest: KubeObject; outcome: 'created' | 'changed' | 'unchanged' }[] = [];
  for (const [index, { manifest, kind, isTried }] of changes.entries()) {
    try {
      // oxlint-disable no-await-in-loop -- in order: what others need comes first
      if (!isTried) await cluster.apply(manifest, { dryRun: true });
      if (kind !== 'same') await cluster.apply(manifest);
      // oxlint-enable no-await-in-loop
      done.push({ manifest, outcome: outcomes[kind] });
    } catch (error) {
      if (!isSluiceError(error) || error.kind === 'bug') throw error;
      const left = changes.slice(index + 1).map((change) => change.manifest);
      return { done, failed: { manifest, error }, left };
    }
  }
  return { done, left: [] };
}
