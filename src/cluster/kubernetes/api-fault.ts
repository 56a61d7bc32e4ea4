import { SluiceError, type ErrorKind } from '../../api/errors.ts';
import { isObject, parseJson, type Json } from '../../api/json.ts';
import { textAt, valueAt } from '../json-reading.ts';

/** An answer that is no success. */
export interface BadAnswer {
  readonly statusCode: number;
  readonly body: string;
  /** Of the header Retry-After. */
  readonly retryAfterMs: number | undefined;
}

/** Who asked, and where. */
export interface Actor {
  /** In whose name, where it was another's. */
  readonly user: string | undefined;
  /** Such as `cluster prod`. */
  readonly place: string;
}

/** The SluiceError for an answer; `doing` is for a server that says nothing itself, such as `list pods`. */
export function answerFault(answer: BadAnswer, doing: string, actor: Actor): SluiceError {
  const status = readStatus(answer.body);
  const reason = textAt(status, 'reason') || `Http${answer.statusCode}`;
  const said = textAt(status, 'message') || answer.body.slice(0, 300).trim();
  const message = said === '' ? `the API server answered ${answer.statusCode} to ${doing}` : said;
  const kind = isUnreadable(answer.statusCode, status) ? 'terminal' : kindOf(answer.statusCode, reason);
  const seconds = valueAt(status, 'details', 'retryAfterSeconds');
  const retryAfterMs = answer.retryAfterMs ?? (typeof seconds === 'number' ? seconds * 1000 : undefined);
  return new SluiceError(kind, /^[A-Z][A-Za-z0-9]*$/.test(reason) ? reason : 'KubernetesRefused', message, {
    details: { statusCode: answer.statusCode },
    ...(kind === 'transient' && retryAfterMs !== undefined ? { retryAfterMs } : {}),
    ...(kind === 'denied' ? { hint: hintOf(status, actor) } : {}),
  });
}

/** What a person can do about a refusal. */
function hintOf(status: Json | undefined, { user, place }: Actor): string {
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user ?? '');
  if (account === null) return 'Ask for the right in a Role or ClusterRole, or use other credentials.';
  const [, namespace, name] = account;
  const isAboutAccount =
    textAt(status, 'details', 'kind') === 'serviceaccounts' && textAt(status, 'details', 'name') === name;
  return isAboutAccount
    ? `The way to ${place} must allow acting as service account ${namespace}/${name}: sluice install --namespace ${namespace} on that cluster.`
    : `It was asked as service account ${namespace}/${name}: bind a Role or ClusterRole with this right to it on ${place}.`;
}

function kindOf(statusCode: number, reason: string): ErrorKind {
  if (statusCode === 401 || statusCode === 403) return 'denied';
  // Someone else wrote at the same moment; the next try sees what they wrote.
  if (statusCode === 409)
    return reason === 'Conflict' || reason === 'AlreadyExists' ? 'transient' : 'terminal';
  if (statusCode === 408 || statusCode === 410 || statusCode === 429 || statusCode >= 500) return 'transient';
  return 'terminal';
}

/**
 * An object that cannot be read as one of its kind. API servers answer 500 without a reason to a server-side apply of it,
 * just as they do when etcd fails: only the text tells the one, which is for good, from the other.
 */
function isUnreadable(statusCode: number, status: Json | undefined): boolean {
  return (
    statusCode === 500 &&
    textAt(status, 'reason') === '' &&
    /^failed to (?:create typed patch object|convert new object) /.test(textAt(status, 'message'))
  );
}

function readStatus(body: string): Json | undefined {
  try {
    const value = parseJson(body);
    return isObject(value) && value['kind'] === 'Status' ? value : undefined;
  } catch {
    return undefined;
  }
}
