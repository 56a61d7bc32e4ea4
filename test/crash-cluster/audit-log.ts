import { readFileSync } from 'node:fs';
import { isAccepted, type Call } from './proxy/call.ts';

/** A write as the API server itself wrote it down. */
export interface AuditEntry {
  readonly verb: string;
  /** Whoever sent it. */
  readonly user: string;
  /** In whose name; '' is its own. */
  readonly as: string;
  readonly namespace: string;
  /** With its subresource: `workflowruns/status`. */
  readonly resource: string;
  readonly code: number;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

interface AuditLine {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly impersonatedUser?: { readonly username: string };
  readonly objectRef?: {
    readonly resource: string;
    readonly subresource?: string;
    readonly namespace?: string;
  };
  readonly responseStatus?: { readonly code: number };
  readonly requestReceivedTimestamp: string;
}

/** Every write that the API server of this context has answered since then. */
export function readAuditLog(context: string, sinceMs: number): readonly AuditEntry[] {
  const files = JSON.parse(process.env['SLUICE_TEST_AUDIT_LOGS'] ?? '{}') as Readonly<Record<string, string>>;
  const file = files[context];
  if (file === undefined) throw new Error(`the API server of ${context} keeps no audit log`);
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => entryOf(JSON.parse(line) as AuditLine))
    .filter(({ atMs }) => atMs >= sinceMs);
}

function entryOf({
  verb,
  user,
  impersonatedUser,
  objectRef,
  responseStatus,
  requestReceivedTimestamp,
}: AuditLine): AuditEntry {
  const { resource = '', subresource = '', namespace = '' } = objectRef ?? {};
  return {
    verb,
    user: user.username,
    as: impersonatedUser?.username ?? '',
    namespace,
    resource: subresource === '' ? resource : `${resource}/${subresource}`,
    code: responseStatus?.code ?? 0,
    atMs: Date.parse(requestReceivedTimestamp),
  };
}

/** Where the audit log and the proxy do not tell of the same accepted writes of this user; one line each. */
export function differences(
  entries: readonly AuditEntry[],
  calls: readonly Call[],
  user: string,
): readonly string[] {
  const balance = new Map<string, number>();
  const count = (what: string, by: number): void => void balance.set(what, (balance.get(what) ?? 0) + by);
  for (const entry of entries) {
    if (entry.user !== user || entry.code >= 300 || entry.resource.endsWith('reviews')) continue;
    count(`${entry.verb} ${entry.resource} in ${entry.namespace} as ${entry.as}`, 1);
  }
  for (const call of calls) {
    if (!call.isWrite || !isAccepted(call)) continue;
    const resource = call.kind === 'status' ? 'workflowruns/status' : call.resource;
    count(`${call.verb} ${resource} in ${call.namespace} as ${call.user}`, -1);
  }
  return [...balance]
    .filter(([, left]) => left !== 0)
    .map(([what, left]) => `${what}: ${left > 0 ? '+' : ''}${left} in the audit log`);
}
