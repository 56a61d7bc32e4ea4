import { SluiceError } from '../api/errors.ts';
import { isObject } from '../api/json.ts';
import type { KubeObject } from '../api/kube-object.ts';

/** Throws SluiceError `terminal` for what has no apiVersion, no kind or no metadata: templates can make anything. */
export function checkIsObject(value: unknown): asserts value is KubeObject {
  const isWhole = isObject(value) && isText(value['apiVersion']) && isText(value['kind']);
  if (isWhole && isObject(value['metadata'])) return;
  throw new SluiceError(
    'terminal',
    'BadRequest',
    'The object to apply has no apiVersion, no kind or no metadata.',
  );
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
