import { textAt } from '../../json-fields.ts';
import { perContainer, type WorkloadRule } from '../rule.ts';
import { documented } from '../source.ts';

export const imagePullNever: WorkloadRule = {
  id: 'ImagePullNever',
  severity: 'low',
  category: 'image',
  reason: 'on a node that nobody has prepared the Pod does not start, and on others an old image may lie',
  source: documented('Images: image pull policy', 'concepts/containers/images/#image-pull-policy'),
  check: perContainer((container) => {
    if (textAt(container.spec, 'imagePullPolicy') !== 'Never') return undefined;
    const fieldPath = `${container.path}.imagePullPolicy`;
    return {
      fieldPath,
      text: `Container "${container.name}" never pulls its image: it runs what happens to lie on the node.`,
      fix: `Set ${fieldPath} to IfNotPresent, and name the image by its digest.`,
    };
  }),
};
