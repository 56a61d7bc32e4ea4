import type { FieldPath } from './source-document.ts';

const plainKey = /^[^.[\]"'\s]+$/;

/** A path as people read and write it: `spec.steps[2].if`, `metadata.annotations["sluice.dev/require"]`. */
export function formatFieldPath(path: FieldPath): string {
  let text = '';
  for (const segment of path) {
    if (typeof segment === 'number') text += `[${segment}]`;
    else if (plainKey.test(segment)) text += text === '' ? segment : `.${segment}`;
    else text += `[${JSON.stringify(segment)}]`;
  }
  return text;
}
