import type { WorkloadRule } from '../rule.ts';
import { parseImage } from '../../image-reference.ts';
import { textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import { perContainer } from '../rule.ts';
import { documented } from '../source.ts';

/** Which program runs is decided anew at each pull, and nobody can say afterwards which one it was. */
export const mutableTag: WorkloadRule = {
  id: 'ImageTagMutable',
  severity: 'medium',
  category: 'image',
  reason: 'nobody can say which program runs, and two Pods may run different ones',
  source: documented('Images: image names', 'concepts/containers/images/#image-names'),
  check: perContainer((container) => {
    const text = textAt(container.spec, 'image');
    const image = parseImage(text);
    if (image.kind === 'malformed' || image.digest !== '' || (image.tag !== '' && image.tag !== 'latest'))
      return undefined;
    return {
      fieldPath: `${container.path}.image`,
      text: `Image "${quoteText(text, 200)}" of container "${container.name}" has ${image.tag === '' ? 'no tag, which means latest' : 'the tag latest'}: what runs can change with every restart, and cannot be rolled back to.`,
      fix: `Pin the image: give ${container.path}.image a version tag, and better its digest (NAME:TAG@sha256:…).`,
    };
  }),
};

export const imageNotPinned: WorkloadRule = {
  id: 'ImageNotPinned',
  severity: 'low',
  category: 'image',
  reason: 'what was tested and what runs can differ without a change of the manifest',
  source: documented('Images: image digests', 'concepts/containers/images/#image-digests'),
  check: perContainer((container) => {
    const text = textAt(container.spec, 'image');
    const image = parseImage(text);
    if (image.kind === 'malformed' || image.digest !== '' || image.tag === '' || image.tag === 'latest')
      return undefined;
    return {
      fieldPath: `${container.path}.image`,
      text: `Image "${quoteText(text, 200)}" of container "${container.name}" is named by a tag, which its registry may move to other content.`,
      fix: `Pin the image by content: add the digest to ${container.path}.image (NAME:TAG@sha256:…).`,
    };
  }),
};
