import { isObject } from '../../../api/json.ts';
import { fieldAt, objectsAt, textAt } from '../../json-fields.ts';
import type { Workload } from '../../pod-template.ts';
import { quoteText } from '../../quote-text.ts';
import type { Hit, WorkloadRule } from '../rule.ts';
import { documented } from '../source.ts';

const source = documented('Volumes: emptyDir', 'concepts/storage/volumes/#emptydir');

export const memoryVolumeUnbounded: WorkloadRule = {
  id: 'MemoryVolumeUnbounded',
  severity: 'low',
  category: 'resources',
  reason: 'its files count as memory of the containers, which are killed when it fills up',
  source,
  check: (workload) => volumes(workload, true),
};

/** Info: what a program writes is mostly little, and the kubelet evicts Pods before a disk is full. */
export const scratchUnbounded: WorkloadRule = {
  id: 'ScratchSpaceUnbounded',
  severity: 'info',
  category: 'resources',
  reason: 'one Pod can fill the disk of its node, and others are evicted for it',
  source,
  check: (workload) => (isBounded(workload) ? [] : volumes(workload, false)),
};

function volumes({ podSpec, podPath }: Workload, inMemory: boolean): readonly Hit[] {
  return objectsAt(podSpec, 'volumes')
    .map((volume, index) => ({ volume, path: `${podPath}.volumes[${index}].emptyDir` }))
    .filter(
      ({ volume }) =>
        isObject(fieldAt(volume, 'emptyDir')) &&
        (textAt(volume, 'emptyDir', 'medium') === 'Memory') === inMemory &&
        fieldAt(volume, 'emptyDir', 'sizeLimit') === undefined,
    )
    .map(({ volume, path }) => ({
      fieldPath: `${path}.sizeLimit`,
      text: `Volume "${quoteText(textAt(volume, 'name'), 63)}" may grow without limit, ${inMemory ? 'in memory' : 'on the disk of the node'}.`,
      fix: `Set ${path}.sizeLimit, such as 64Mi.`,
    }));
}

function isBounded({ containers }: Workload): boolean {
  return containers
    .filter(({ role }) => role === 'app')
    .every(({ spec }) => fieldAt(spec, 'resources', 'limits', 'ephemeral-storage') !== undefined);
}
