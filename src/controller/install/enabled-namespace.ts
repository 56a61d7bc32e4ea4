import type { KubeObject } from '../../api/kube-object.ts';
import { roleFor, serviceAccount, theController } from './access-objects.ts';
import { impersonatorRole, runnerAccount } from './names.ts';
import { enabledRights, runnerRights } from './rights.ts';

/**
 * What enables a namespace: the controller may act there as the accounts. Each has a Role of its own, so that one more does
 * not take away the others. The account that runs have by default is made, with the rights that steps usually need; one of
 * another name is its owner's to make.
 */
export function enabledNamespace(
  namespace: string,
  accounts: readonly string[] = [runnerAccount],
): readonly KubeObject[] {
  const runner = { name: runnerAccount, namespace };
  return [
    ...accounts.flatMap((account) =>
      roleFor(theController, { name: roleOf(account), namespace, rights: enabledRights([account]) }),
    ),
    ...(accounts.includes(runnerAccount)
      ? [serviceAccount(runner), ...roleFor(runner, { ...runner, rights: runnerRights })]
      : []),
  ];
}

function roleOf(account: string): string {
  return account === runnerAccount ? impersonatorRole : `${impersonatorRole}-${account}`;
}
