import type { KubeObject } from '../../api/kube-object.ts';
import { roleFor, serviceAccount, theController } from './access-objects.ts';
import { impersonatorRole, runnerAccount } from './names.ts';
import { actingRight, enabledRights, runnerRights, type Right } from './rights.ts';

/**
 * What enables a namespace: the controller may act there as the accounts. Each has a Role of its own, so that one more does
 * not take away the others. The account that runs have by default is made, with the rights that steps usually need; one of
 * another name is its owner's to make.
 */
export function enabledNamespace(
  namespace: string,
  accounts: readonly string[] = [runnerAccount],
): readonly KubeObject[] {
  return accountsFor(namespace, accounts, (account) => enabledRights([account]));
}

/** The same on a joined cluster, where effects go to, but no run has its objects. */
export function enabledOnJoinedCluster(namespace: string): readonly KubeObject[] {
  return accountsFor(namespace, [runnerAccount], (account) => [actingRight([account])]);
}

function accountsFor(
  namespace: string,
  accounts: readonly string[],
  rightsFor: (account: string) => readonly Right[],
): readonly KubeObject[] {
  const runner = { name: runnerAccount, namespace };
  return [
    ...accounts.flatMap((account) =>
      roleFor(theController, { name: roleOf(account), namespace, rights: rightsFor(account) }),
    ),
    ...(accounts.includes(runnerAccount)
      ? [serviceAccount(runner), ...roleFor(runner, { ...runner, rights: runnerRights })]
      : []),
  ];
}

function roleOf(account: string): string {
  return account === runnerAccount ? impersonatorRole : `${impersonatorRole}-${account}`;
}
