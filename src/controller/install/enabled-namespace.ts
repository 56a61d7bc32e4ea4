import type { KubeObject } from '../../api/kube-object.ts';
import { roleFor, serviceAccount, theController } from './access-objects.ts';
import { impersonatorRole, runnerAccount } from './names.ts';
import { enabledRights, runnerRights } from './rights.ts';

/**
 * What enables a namespace: the controller may act there as the accounts. The account that runs have by default comes with
 * it, and with the rights that steps usually need; an account of another name is its owner's to make.
 */
export function enabledNamespace(
  namespace: string,
  accounts: readonly string[] = [runnerAccount],
): readonly KubeObject[] {
  const impersonator = { name: impersonatorRole, namespace, rights: enabledRights(accounts) };
  const runner = { name: runnerAccount, namespace };
  return [
    ...roleFor(theController, impersonator),
    ...(accounts.includes(runnerAccount)
      ? [serviceAccount(runner), ...roleFor(runner, { ...runner, rights: runnerRights })]
      : []),
  ];
}
