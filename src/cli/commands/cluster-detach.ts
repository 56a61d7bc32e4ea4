import type { CommandContext, SessionFlags } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { withHub } from '../kube/hub.ts';

/** Forgets a joined cluster; nothing on it changes. Exit code 1 when there is none of that name. */
export async function clusterDetach(
  name: string,
  flags: SessionFlags,
  context: CommandContext,
): Promise<number> {
  const { stdout, stderr } = context.io;
  return withHub(context, flags, async ({ cluster }) => {
    const { credentialLabel, joinedNamespace } = await import('../../cluster/kubernetes/joined-secret.ts');
    const ref = { apiVersion: 'v1', kind: 'Secret', namespace: joinedNamespace, name };
    const secret = await cluster.get(ref);
    // Only what `join` makes: the namespace holds other Secrets, too.
    if (secret?.metadata.labels?.[credentialLabel] === undefined || !(await cluster.delete(ref))) {
      stderr.write(`There is no joined cluster ${name}.\n`);
      return exitCodes.failed;
    }
    stdout.write(`cluster ${name} detached: runs reach it no more after ten seconds\n`);
    return exitCodes.succeeded;
  });
}
