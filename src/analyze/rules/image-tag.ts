import type { AuditRule } from './rule.ts';
import { parseImage } from '../image-reference.ts';
import { textAt } from '../json-fields.ts';
import { quoteText } from '../quote-text.ts';
import { perContainer } from './rule.ts';

/** Which program runs is decided anew at each pull, and nobody can say afterwards which one it was. */
export const mutableTag: AuditRule = {
  id: 'ImageTagMutable',
  severity: 'medium',
  category: 'image',
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

export const imageNotPinned: AuditRule = {
  id: 'ImageNotPinned',
  severity: 'low',
  category: 'image',
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
