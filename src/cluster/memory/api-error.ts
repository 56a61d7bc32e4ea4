import { SluiceError } from '../../api/errors.ts';
import { groupOf, resourceOf } from '../known-kinds.ts';

/** What an error is about. */
export interface Target {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

/** 422, in the API server's words: every fault of the object at once. */
export function invalidObject(target: Target, faults: readonly string[]): SluiceError {
  const group = groupOf(target.apiVersion);
  const kind = group === '' ? target.kind : `${target.kind}.${group}`;
  const list = faults.length === 1 ? faults[0] : `[${faults.join(', ')}]`;
  return new SluiceError('terminal', 'Invalid', `${kind} "${target.name}" is invalid: ${list}`);
}

export function notFound(target: Target): SluiceError {
  return new SluiceError(
    'terminal',
    'NotFound',
    `${resourceOf(target.apiVersion, target.kind)} "${target.name}" not found`,
  );
}

/** 400: the object cannot be read as one of its kind. */
export function badRequest(target: Target, fault: string): SluiceError {
  const { apiVersion, kind, name, namespace = '' } = target;
  const version = apiVersion.includes('/') ? apiVersion : `/${apiVersion}`;
  const place = namespace === '' ? name : `${namespace}/${name}`;
  return new SluiceError(
    'terminal',
    'BadRequest',
    `failed to create typed patch object (${place}; ${version}, Kind=${kind}): ${fault}`,
  );
}

export function conflict(target: Target): SluiceError {
  return new SluiceError(
    'terminal',
    'Conflict',
    `Operation cannot be fulfilled on ${resourceOf(target.apiVersion, target.kind)} "${target.name}": the object has been modified; please apply your changes to the latest version and try again`,
  );
}

export function noSuchKind(target: Target): SluiceError {
  return new SluiceError(
    'terminal',
    'NoSuchKind',
    `no matches for kind "${target.kind}" in version "${target.apiVersion}"`,
  );
}
