import { fieldAt, objectsAt, textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { Problem } from '../analyzer.ts';
import type { Look } from '../look.ts';
import { present } from '../reference.ts';
import { settlingMs, sinceMs } from '../rollout-grace.ts';
import { smallSize } from './small-size.ts';
import { defaultClasses } from './storage-class.ts';

export function claimProblems(look: Look): readonly Problem[] {
  const phase = textAt(look.object, 'status', 'phase');
  const state = phase === 'Pending' ? pending(look) : phase === 'Lost' ? lost(look) : unclassed(look);
  return present([state, small(look)]);
}

function pending(look: Look): Problem | undefined {
  if (sinceMs(look, textAt(look.object, 'metadata', 'creationTimestamp')) < settlingMs) return undefined;
  const name = textAt(look.object, 'spec', 'storageClassName');
  const chosen = name === '' ? undefined : look.find('StorageClass', '', name);
  const isLate =
    chosen !== 'absent' && textAt(chosen, 'volumeBindingMode') === 'WaitForFirstConsumer' && !hasUser(look);
  // Such a claim waits for its first Pod, on purpose.
  if (isLate) return undefined;
  // That no volume fits and no class makes one is told by an event that is no warning.
  const event = look.events().findLast(({ type, reason }) => type !== 'Normal' || reason === 'FailedBinding');
  const base = {
    severity: 'high' as const,
    fieldPath: 'spec.storageClassName',
    evidence: event === undefined ? [] : [look.evidence(event)],
    k8sgpt: peer(look, 'is in Pending state'),
  };
  if (chosen === 'absent') {
    return {
      ...base,
      id: 'StorageClassMissing',
      missing: { kind: 'StorageClass', name },
      text: `The claim waits for a volume of StorageClass ${quoteText(name, 253)}, which is not there.`,
      fix: 'Name a StorageClass that the cluster has; the claim has to be made anew for that.',
    };
  }
  if (isWithoutClass(look) && defaultClasses(look)?.length === 0) {
    return {
      ...base,
      id: 'NoDefaultStorageClass',
      text: 'The claim names no StorageClass, and none is the default one.',
      fix: 'Name a StorageClass, or mark one as the default.',
    };
  }
  return {
    ...base,
    id: 'ClaimPending',
    fieldPath: 'status.phase',
    text: 'The claim has no volume.',
    fix: 'Look at the events of the claim, and at the provisioner of its class.',
  };
}

/** Whether a Pod wants the volume; no where Pods could not be read. */
function hasUser(look: Look): boolean {
  return (look.all('Pod') ?? []).some(
    (pod) =>
      textAt(pod, 'metadata', 'namespace') === look.namespace &&
      objectsAt(pod, 'spec', 'volumes').some(
        (volume) => textAt(volume, 'persistentVolumeClaim', 'claimName') === look.name,
      ),
  );
}

function lost(look: Look): Problem {
  return {
    id: 'ClaimLost',
    severity: 'critical',
    fieldPath: 'spec.volumeName',
    text: `The volume of the claim, ${quoteText(textAt(look.object, 'spec', 'volumeName'), 253) || 'which it does not name'}, is gone, and the data in it with it.`,
    fix: 'Bring the volume back from a backup, or delete the claim and make it anew.',
    k8sgpt: peer(look, 'is in Lost state'),
  };
}

/** In a manifest, which has no state yet. */
function unclassed(look: Look): Problem | undefined {
  if (!isWithoutClass(look) || defaultClasses(look)?.length !== 0) return undefined;
  return {
    id: 'StorageClassUnset',
    severity: 'low',
    fieldPath: 'spec.storageClassName',
    text: 'The claim names no StorageClass and no volume, and no class is the default one.',
    fix: 'Set spec.storageClassName.',
    k8sgpt: peer(look, 'has no StorageClass specified'),
  };
}

/** `""` is a choice: a volume that somebody has made by hand. */
function isWithoutClass({ object }: Look): boolean {
  const isNamed = typeof fieldAt(object, 'spec', 'storageClassName') === 'string';
  return !isNamed && textAt(object, 'spec', 'volumeName') === '';
}

function small(look: Look): Problem | undefined {
  const size = smallSize(look.object, 'spec', 'resources', 'requests', 'storage');
  if (size === undefined) return undefined;
  return {
    id: 'ClaimSmall',
    severity: 'info',
    fieldPath: 'spec.resources.requests.storage',
    text: `The claim asks for ${size}, less than 1Gi.`,
    fix: 'Nothing, if that is enough.',
    k8sgpt: peer(look, `has small capacity (${size})`),
  };
}

function peer({ name }: Look, text: string): NonNullable<Problem['k8sgpt']> {
  return { text: `PersistentVolumeClaim ${name} ${text}`, kind: 'Storage/PersistentVolumeClaim' };
}
