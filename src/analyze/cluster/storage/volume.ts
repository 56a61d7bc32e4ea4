import { textAt } from '../../json-fields.ts';
import type { Problem } from '../analyzer.ts';
import type { Look } from '../look.ts';
import { smallSize } from './small-size.ts';

export function volumeProblem(look: Look): Problem | undefined {
  const { object, name } = look;
  const peer = (text: string): NonNullable<Problem['k8sgpt']> => ({
    text: `PersistentVolume ${name} ${text}`,
    kind: 'Storage/PersistentVolume',
    name,
  });
  const phase = textAt(object, 'status', 'phase');
  const message = look.quote(textAt(object, 'status', 'message'));
  if (phase === 'Failed') {
    return {
      id: 'VolumeFailed',
      severity: 'high',
      fieldPath: 'status.phase',
      text: `The volume could not be reclaimed${message === '' ? '.' : `: ${message}`}`,
      fix: 'Correct what the message names, or clean the volume by hand and delete the object.',
      k8sgpt: peer('is in Failed state'),
    };
  }
  if (phase === 'Released') {
    const isKept = textAt(object, 'spec', 'persistentVolumeReclaimPolicy') !== 'Delete';
    return {
      id: 'VolumeReleased',
      severity: isKept ? 'low' : 'medium',
      fieldPath: 'status.phase',
      text: isKept
        ? 'The claim of the volume is gone; its data is kept, and no other claim can use it.'
        : 'The claim of the volume is gone, and the volume was not deleted, as its policy asks.',
      fix: isKept
        ? 'Save the data if it is needed, then delete the volume, or clear spec.claimRef to use it again.'
        : 'Look at the events of the volume and at its CSI driver.',
      k8sgpt: peer('is in Released state and should be cleaned up'),
    };
  }
  // The size of a bound volume is what its claim asked for, and is told there.
  const size = phase === 'Bound' ? undefined : smallSize(object, 'spec', 'capacity', 'storage');
  if (size === undefined) return undefined;
  return {
    id: 'VolumeSmall',
    severity: 'info',
    fieldPath: 'spec.capacity.storage',
    text: `The volume holds ${size}, less than 1Gi.`,
    fix: 'Nothing, if that is enough.',
    k8sgpt: peer(`has small capacity (${size})`),
  };
}
