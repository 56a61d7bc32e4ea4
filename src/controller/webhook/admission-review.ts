import { isDeepStrictEqual } from 'node:util';
import type { Fault } from '../../api/fault.ts';
import { isObject, parseJson, type Json, type JsonObject } from '../../api/json.ts';
import { faultLine, refusalText } from '../admission/faults-text.ts';
import type { Validate } from '../admission/open-admission.ts';

/** What an API server asks about one write. */
export interface ReviewRequest {
  readonly uid: string;
  readonly operation: string;
  readonly subResource: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** As it is to be stored; undefined for a DELETE. */
  readonly object: JsonObject | undefined;
  /** As it is stored; undefined for a CREATE. */
  readonly oldObject: JsonObject | undefined;
}

export interface ReviewAnswer {
  readonly isAllowed: boolean;
  readonly message: string;
  readonly warnings: readonly string[];
}

/** Undefined for what is no AdmissionReview of admission.k8s.io/v1 with a request. */
export function readReview(text: string): ReviewRequest | undefined {
  let review: Json;
  try {
    review = parseJson(text);
  } catch {
    return undefined;
  }
  if (!isObject(review) || review['apiVersion'] !== apiVersion || review['kind'] !== kind) return undefined;
  const { request } = review;
  if (!isObject(request)) return undefined;
  const uid = textOf(request['uid']);
  const operation = textOf(request['operation']);
  if (uid === '' || operation === '') return undefined;
  return {
    uid,
    operation,
    subResource: textOf(request['subResource']),
    kind: isObject(request['kind']) ? textOf(request['kind']['kind']) : '',
    namespace: textOf(request['namespace']),
    name: textOf(request['name']),
    object: isObject(request['object']) ? request['object'] : undefined,
    oldObject: isObject(request['oldObject']) ? request['oldObject'] : undefined,
  };
}

/**
 * Decides. Refused is what has errors and is new or has another spec; status, metadata and deletions are nobody's business
 * here. Errors of an object that is not ours to run are told as warnings. Passes on what `validate` throws.
 */
export async function decideReview(
  request: ReviewRequest,
  validate: Validate,
  isOurs: (object: JsonObject) => boolean,
): Promise<ReviewAnswer> {
  const { object, oldObject, operation, subResource } = request;
  if (object === undefined || subResource !== '' || isDeleting(object)) return allowed;
  if (operation !== 'CREATE' && operation !== 'UPDATE') return allowed;
  if (
    operation === 'UPDATE' &&
    oldObject !== undefined &&
    isDeepStrictEqual(bodyOf(object), bodyOf(oldObject))
  )
    return allowed;
  const faults = await validate(object, request.namespace);
  const errors = faults.filter(({ severity }) => severity === 'error');
  if (errors.length === 0 || !isOurs(object)) return { ...allowed, warnings: warningLines(faults) };
  return {
    isAllowed: false,
    message: refusalText(`${request.kind} ${request.name || generateNameOf(object)}`.trim(), errors),
    warnings: warningLines(faults.filter(({ severity }) => severity === 'warning')),
  };
}

/** The AdmissionReview that answers. */
export function reviewAnswer(uid: string, { isAllowed, message, warnings }: ReviewAnswer): JsonObject {
  const status = { metadata: {}, status: 'Failure', code: 422, reason: 'Invalid', message };
  return {
    apiVersion,
    kind,
    response: {
      uid,
      allowed: isAllowed,
      ...(isAllowed ? {} : { status }),
      ...(warnings.length === 0 ? {} : { warnings }),
    },
  };
}

const apiVersion = 'admission.k8s.io/v1';
const kind = 'AdmissionReview';
const allowed: ReviewAnswer = { isAllowed: true, message: '', warnings: [] };

/** An API server cuts a warning at 256 characters, and all of them at 4,096. */
const longestWarning = 250;
const shownWarnings = 15;

function warningLines(faults: readonly Fault[]): readonly string[] {
  const lines = faults.slice(0, shownWarnings).map((fault) => {
    const line = faultLine(fault);
    return line.length > longestWarning ? `${line.slice(0, longestWarning - 1).toWellFormed()}…` : line;
  });
  return faults.length > shownWarnings ? [...lines, `and ${faults.length - shownWarnings} more`] : lines;
}

/** All of an object that is checked: not its metadata, not its status. */
function bodyOf({ metadata: _metadata, status: _status, ...body }: JsonObject): JsonObject {
  return body;
}

function isDeleting({ metadata }: JsonObject): boolean {
  return isObject(metadata) && typeof metadata['deletionTimestamp'] === 'string';
}

function generateNameOf({ metadata }: JsonObject): string {
  return isObject(metadata) ? textOf(metadata['generateName']) : '';
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
