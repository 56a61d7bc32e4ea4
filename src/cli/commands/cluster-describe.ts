import type { Cluster } from '../../cluster/port.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import type { ClusterFlags } from '../cluster-flags.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { describeObject } from '../kube/describe-object.ts';
import { textField } from '../kube/field.ts';
import { findKind, openCluster } from '../kube/look-up.ts';
import { withSession } from '../with-session.ts';

/** One object for people, with its events. */
export async function clusterDescribe(
  kindName: string,
  name: string,
  flags: ClusterFlags,
  context: CommandContext,
): Promise<number> {
  const { io } = context;
  return withSession(context, flags, async (session) => {
    const kind = findKind(kindName);
    const cluster = await openCluster(session, flags.cluster);
    const namespace = kind.namespaced ? { namespace: flags.namespace } : {};
    const object = await cluster.get({ apiVersion: kind.apiVersion, kind: kind.kind, ...namespace, name });
    if (object === undefined) {
      io.stderr.write(
        `There is no ${kind.kind} ${name}${kind.namespaced ? ` in namespace ${flags.namespace}` : ''}.\n`,
      );
      return exitCodes.failed;
    }
    io.stdout.write(describeObject(object, await eventsOf(object, cluster), io.now()));
    return exitCodes.succeeded;
  });
}

async function eventsOf(object: KubeObject, cluster: Cluster): Promise<readonly KubeObject[]> {
  const { uid, namespace = 'default' } = object.metadata;
  if (uid === undefined) return [];
  const events = await cluster.list({ apiVersion: 'v1', kind: 'Event', namespace });
  return events.filter((event) => textField(event, 'involvedObject', 'uid') === uid);
}
