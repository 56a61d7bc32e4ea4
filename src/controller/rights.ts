import { textAt, valueAt } from '../cluster/json-reading.ts';
import type { ApiClient } from '../cluster/kubernetes/api-client.ts';
import { stringifyJson } from '../api/json.ts';
import { runnerAccount } from './install/names.ts';

/** Whether the controller may act as an account; a refusal says what to do about it. */
export type RightsAnswer = 'allowed' | { readonly refused: string };

/** Which namespaces are enabled, as the API server says: no list of them is kept. */
export interface Rights {
  /** The account need not exist. Throws as ApiClient does when the API server cannot be asked. */
  check(namespace: string, serviceAccount: string): Promise<RightsAnswer>;
}

export interface RightsOptions {
  /** With the controller's own rights. */
  readonly client: ApiClient;
  /** Milliseconds since 1970. */
  now(): number;
}

const allowedForMs = 60_000;
/** Short: someone who was just told to enable the namespace tries again. */
const refusedForMs = 5000;
/** Accounts are named by runs. */
const mostRemembered = 2000;

interface Remembered {
  readonly answer: Promise<RightsAnswer>;
  untilMs: number;
}

/** Asks with SelfSubjectAccessReviews: one at a time for each account, and not again while the answer is fresh. */
export function openRights(options: RightsOptions): Rights {
  const remembered = new Map<string, Remembered>();
  return {
    async check(namespace, serviceAccount) {
      const key = JSON.stringify([namespace, serviceAccount]);
      const known = remembered.get(key);
      if (known !== undefined && options.now() < known.untilMs) return known.answer;
      const entry: Remembered = {
        answer: ask(options.client, namespace, serviceAccount),
        untilMs: Number.POSITIVE_INFINITY,
      };
      remembered.delete(key);
      remembered.set(key, entry);
      const oldest = remembered.keys().next();
      if (remembered.size > mostRemembered && oldest.done !== true) remembered.delete(oldest.value);
      try {
        const answer = await entry.answer;
        entry.untilMs = options.now() + (answer === 'allowed' ? allowedForMs : refusedForMs);
        return answer;
      } catch (error) {
        if (remembered.get(key) === entry) remembered.delete(key);
        throw error;
      }
    },
  };
}

async function ask(client: ApiClient, namespace: string, serviceAccount: string): Promise<RightsAnswer> {
  const review = await client.send({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    contentType: 'application/json',
    body: stringifyJson({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: {
        resourceAttributes: {
          namespace,
          verb: 'impersonate',
          resource: 'serviceaccounts',
          name: serviceAccount,
        },
      },
    }),
    doing: `ask whether namespace ${namespace} is enabled`,
  });
  if (valueAt(review, 'status', 'allowed') === true) return 'allowed';
  const failed = textAt(review, 'status', 'evaluationError');
  const why = failed === '' ? '' : ` (${failed})`;
  return {
    refused:
      `Sluice may not act as service account ${serviceAccount} in namespace ${namespace}${why}; ` +
      `enable the namespace with: sluice install --namespace ${namespace}${accountFlag(serviceAccount)} --apply`,
  };
}

/** The one that the command takes anyway need not be named. */
function accountFlag(serviceAccount: string): string {
  return serviceAccount === runnerAccount ? '' : ` --service-account ${serviceAccount}`;
}
