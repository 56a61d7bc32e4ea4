import { isObject, type JsonObject } from '../../../api/json.ts';
import { fieldAt, objectsAt, textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { WorkloadRule } from '../rule.ts';
import { podSecurity } from '../source.ts';

const allowed = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

export const volumeType: WorkloadRule = {
  id: 'VolumeTypeRestricted',
  severity: 'low',
  category: 'isolation',
  reason:
    'who writes the Pod, and not who runs the storage, decides what the node mounts and with which rights',
  ...podSecurity('restricted', 'Volume Types'),
  check: ({ podSpec, podPath }) =>
    objectsAt(podSpec, 'volumes')
      .map((volume, index) => ({ volume, index, type: typeOf(volume) }))
      // A directory of the node has rules of its own.
      .filter(({ type }) => type !== undefined && type !== 'hostPath')
      .map(({ volume, index, type = '' }) => ({
        fieldPath: `${podPath}.volumes[${index}].${type}`,
        text: `Volume "${quoteText(textAt(volume, 'name'), 63)}" is mounted by the node itself (${quoteText(type, 63)}).`,
        fix: `Make a PersistentVolume of it, and name a PersistentVolumeClaim in ${podPath}.volumes[${index}].`,
      })),
};

/** The type that is not allowed; undefined for an allowed one, and where there is none (which means emptyDir). */
function typeOf(volume: JsonObject): string | undefined {
  const types = Object.keys(volume).filter((key) => key !== 'name' && isObject(fieldAt(volume, key)));
  return types.some((type) => allowed.includes(type)) ? undefined : types[0];
}
