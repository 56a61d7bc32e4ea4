import type { WorkloadRule } from '../rule.ts';
import { parseImage } from '../../image-reference.ts';
import { textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import { perContainer } from '../rule.ts';
import { documented } from '../source.ts';

/** Such a Pod never starts, so this counts as broken now and not as badly written. */
export const imageNameInvalid: WorkloadRule = {
  id: 'ImageNameInvalid',
  severity: 'critical',
  category: 'runtime',
  reason: 'the Pod never starts',
  source: documented('Images: image names', 'concepts/containers/images/#image-names'),
  check: perContainer((container) => {
    const text = textAt(container.spec, 'image');
    const image = parseImage(text);
    if (image.kind !== 'malformed') return undefined;
    return {
      fieldPath: `${container.path}.image`,
      text: `Image "${quoteText(text, 200)}" of container "${container.name}" is no image reference: ${image.reason}.`,
      fix: `Correct ${container.path}.image; the form is [HOST[:PORT]/][NAMESPACE/]NAME[:TAG][@DIGEST], in lower case.`,
    };
  }),
};
