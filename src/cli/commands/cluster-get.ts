import type { KubeObject } from '../../api/kube-object.ts';
import type { ClusterFlags } from '../cluster-flags.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { findKind, openCluster } from '../kube/look-up.ts';
import { objectTable } from '../kube/object-table.ts';
import { listObject, objectText } from '../render/object-output.ts';
import { withSession } from '../with-session.ts';

export interface ClusterGetFlags extends ClusterFlags {
  readonly allNamespaces?: boolean;
  readonly selector?: string;
  readonly output: 'text' | 'wide' | 'json' | 'yaml';
}

/** Objects of a cluster; exit code 1 when the one that was named is absent. */
export async function clusterGet(
  kindName: string,
  name: string | undefined,
  flags: ClusterGetFlags,
  context: CommandContext,
): Promise<number> {
  const { io } = context;
  return withSession(context, flags, async (session) => {
    const kind = findKind(kindName);
    const cluster = await openCluster(session, flags.cluster);
    const isEverywhere = flags.allNamespaces === true || !kind.namespaced;
    const namespace = isEverywhere ? {} : { namespace: flags.namespace };
    const target = { apiVersion: kind.apiVersion, kind: kind.kind, ...namespace };
    if (name === undefined) {
      const selector = flags.selector === undefined ? {} : { labelSelector: flags.selector };
      const objects = await cluster.list({ ...target, ...selector });
      await print(objects, listObject(objects));
      if (objects.length === 0 && isText(flags))
        io.stderr.write(`${nothingFound(kind.kind, flags, isEverywhere)}\n`);
      return exitCodes.succeeded;
    }
    const object = await cluster.get({ ...target, name });
    if (object === undefined) {
      const where = isEverywhere ? '' : ` in namespace ${flags.namespace}`;
      io.stderr.write(`There is no ${kind.kind} ${name}${where}${clusterText(flags)}.\n`);
      return exitCodes.failed;
    }
    await print([object], object);
    return exitCodes.succeeded;

    async function print(objects: readonly KubeObject[], whole: object): Promise<void> {
      if (flags.output === 'json' || flags.output === 'yaml') {
        io.stdout.write(await objectText(whole, flags.output));
      } else if (objects.length > 0) {
        const options = {
          nowMs: io.now(),
          isWide: flags.output === 'wide',
          hasNamespaces: kind.namespaced && flags.allNamespaces === true,
        };
        io.stdout.write(objectTable(kind.kind, objects, options));
      }
    }
  });
}

function isText({ output }: ClusterGetFlags): boolean {
  return output === 'text' || output === 'wide';
}

function nothingFound(kind: string, flags: ClusterGetFlags, isEverywhere: boolean): string {
  return `There is no ${kind}${isEverywhere ? '' : ` in namespace ${flags.namespace}`}${clusterText(flags)}.`;
}

function clusterText({ cluster }: ClusterFlags): string {
  return cluster === undefined || cluster === '' ? '' : ` of cluster ${cluster}`;
}
