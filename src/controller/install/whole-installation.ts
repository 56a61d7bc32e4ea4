import type { KubeObject } from '../../api/kube-object.ts';
import { crdObjects } from '../../api/schema/crd/crd-objects.ts';
import { clusterRoleFor, roleFor, serviceAccount, theController } from './access-objects.ts';
import { enabledNamespace } from './enabled-namespace.ts';
import { controllerAccount, runnerAccount, systemNamespace } from './names.ts';
import { clusterRights, ownRights, systemRights } from './rights.ts';
import { workload } from './workload.ts';

export interface InstallOptions {
  readonly image: string;
  readonly replicas?: number;
  readonly allowOfflineModel?: boolean;
  /** Those where runs may be carried out from the start. Default: `default`. */
  readonly namespaces?: readonly string[];
  /** Accounts of those namespaces that runs may act as. Default: `sluice-runner`. */
  readonly accounts?: readonly string[];
}

/** Everything that a cluster needs to carry out runs, in the order in which it is applied. */
export function wholeInstallation(options: InstallOptions): readonly KubeObject[] {
  const { image, replicas = 2, allowOfflineModel = false } = options;
  const { namespaces = ['default'], accounts = [runnerAccount] } = options;
  const own = { name: controllerAccount, namespace: systemNamespace };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: systemNamespace } },
    ...crdObjects(),
    serviceAccount(theController),
    ...clusterRoleFor(theController, { name: controllerAccount, rights: clusterRights }),
    ...roleFor(theController, { ...own, rights: [...ownRights, ...systemRights] }),
    ...namespaces.flatMap((namespace) => enabledNamespace(namespace, accounts)),
    ...workload({ image, replicas, allowOfflineModel }),
  ];
}

/** The image of a version of this program. */
export function imageOf(version: string): string {
  return `sluice/sluice:${version}`;
}
