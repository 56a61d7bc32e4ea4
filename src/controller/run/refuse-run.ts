import { SluiceError } from '../../api/errors.ts';
import { isObject, stringifyJson, type Json } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { SecretMask } from '../../api/secret-mask.ts';
import type { ApiClient } from '../../cluster/kubernetes/api-client.ts';
import { sha256 } from '../../runner/evaluate.ts';
import { emptyPlan } from './refused-status.ts';
import type { RunIdentity } from './run-identity.ts';
import { foundStatus, RunLost, RunWriter } from './run-writer.ts';

export interface RefusalParts {
  readonly client: ApiClient;
  readonly newId: () => string;
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Throws RunLost when nothing may be written any more. */
  readonly checkOpen: () => void;
  readonly onRetry: (error: unknown) => void;
}

/** Ends a run that cannot be driven, with the refusal in its status. False where it is someone else's now, or gone. */
export async function refuseRun(
  { run, object }: { readonly run: RunIdentity; readonly object: KubeObject },
  refusal: string,
  { client, newId, signal, now, checkOpen, onRetry }: RefusalParts,
): Promise<boolean> {
  const { namespace, name, uid } = run;
  const specDigest = sha256(stringifyJson((object['spec'] as Json | undefined) ?? {}));
  const writer = new RunWriter(
    {
      client,
      run: { namespace, name, uid },
      plan: emptyPlan(namespace, name),
      mask: new SecretMask(),
      record: { specDigest, stepTypes: {} },
      generation: object.metadata.generation ?? 1,
      newToken: newId,
      checkOpen,
      pin: async () => undefined,
      onCommands: () => undefined,
      latest: () => {
        throw new SluiceError('bug', 'NoState', 'a refused run has no state');
      },
      signal,
      onRetry,
      onWritten: () => undefined,
    },
    foundStatus(object),
  );
  const status = object['status'];
  const steps = isObject(status) && Array.isArray(status['steps']) ? (status['steps'] as Json) : [];
  try {
    await writer.refuse(refusal, now(), steps);
    return true;
  } catch (error) {
    if (error instanceof RunLost) return false;
    throw error;
  }
}
