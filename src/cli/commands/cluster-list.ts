import type { KubeObject } from '../../api/kube-object.ts';
import { isSluiceError } from '../../api/errors.ts';
import type { JsonObject } from '../../api/json.ts';
import type { CommandContext, SessionFlags } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { withHub } from '../kube/hub.ts';
import { objectText } from '../render/object-output.ts';
import { table } from '../terminal/table.ts';

export interface ClusterListFlags extends SessionFlags {
  readonly output: 'text' | 'json' | 'yaml';
}

/** A joined cluster without its credential. */
interface Row {
  readonly name: string;
  readonly type: string;
  readonly endpoint: string;
  /** `*`: every enabled namespace. */
  readonly namespaces: readonly string[];
  readonly impersonate: boolean;
  /** Why it cannot be used. */
  readonly fault?: string;
}

/** The clusters that were joined to the hub. */
export async function clusterList(flags: ClusterListFlags, context: CommandContext): Promise<number> {
  const { stdout, stderr } = context.io;
  return withHub(context, flags, async ({ cluster }) => {
    const secrets = await import('../../cluster/kubernetes/joined-secret.ts');
    const found = await cluster.list({
      apiVersion: 'v1',
      kind: 'Secret',
      namespace: secrets.joinedNamespace,
      labelSelector: secrets.credentialLabel,
    });
    const rows = found.map((secret) => rowOf(secret, secrets));
    if (flags.output !== 'text') stdout.write(await objectText(rows, flags.output));
    else if (rows.length === 0) stderr.write('No cluster was joined.\n');
    else {
      const cells = rows.map(({ name, type, endpoint, namespaces, impersonate, fault }) => [
        name,
        type,
        fault === undefined ? endpoint : `unusable: ${fault}`,
        namespaces.join(',') || '<none>',
        impersonate ? 'account' : 'credential',
      ]);
      stdout.write(table([['CLUSTER', 'TYPE', 'ENDPOINT', 'NAMESPACES', 'RUNS ACT AS'], ...cells]));
    }
    return exitCodes.succeeded;
  });
}

function rowOf(
  secret: KubeObject,
  {
    readJoinedSecret,
    namespacesOf,
    credentialLabel,
  }: typeof import('../../cluster/kubernetes/joined-secret.ts'),
): Row {
  const name = secret.metadata.name ?? '';
  const namespaces = namespacesOf(secret);
  const row = {
    name,
    type: secret.metadata.labels?.[credentialLabel] ?? '',
    namespaces: namespaces === '*' ? ['*'] : namespaces,
  };
  try {
    const joined = readJoinedSecret(secret as unknown as JsonObject, name);
    return { ...row, endpoint: joined?.credentials.server ?? '', impersonate: joined?.impersonates ?? true };
  } catch (error) {
    if (!isSluiceError(error)) throw error;
    return { ...row, endpoint: '', impersonate: true, fault: error.message };
  }
}
