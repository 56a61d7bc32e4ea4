import type { FindingObject } from '../../analyze/finding.ts';
import { SluiceError } from '../../api/errors.ts';
import { groupOf, type KindName } from '../../cluster/known-kinds.ts';
import { findKind } from '../kube/look-up.ts';

/** The object that a user named. */
export interface WantedObject extends KindName {
  readonly name: string;
}

/** Reads `deploy/web`, or `example.com/v1/Widget/web` for a kind that is not known. Throws SluiceError `invalid`. */
export function readWanted(text: string): WantedObject {
  const slash = text.lastIndexOf('/');
  const name = text.slice(slash + 1);
  if (slash <= 0 || name === '')
    throw new SluiceError('invalid', 'BadObject', `cannot tell which object ${text} is`, {
      hint: 'Write it as KIND/NAME, such as deploy/web.',
    });
  return { ...findKind(text.slice(0, slash)), name };
}

export function isWanted({ apiVersion, kind, name }: WantedObject, object: FindingObject): boolean {
  return object.kind === kind && object.name === name && groupOf(object.apiVersion) === groupOf(apiVersion);
}

export function noSuchObject({ kind, name, namespaced }: WantedObject, namespace?: string): SluiceError {
  const place = namespaced && namespace !== undefined ? ` in namespace ${namespace}` : '';
  return new SluiceError('invalid', 'NoSuchObject', `there is no ${kind} ${name}${place}`);
}
