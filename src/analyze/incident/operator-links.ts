import type { KubeObject } from '../../api/kube-object.ts';
import type { SnapshotKind } from '../cluster/kinds.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { textAt } from '../json-fields.ts';
import { linksTo, type Link, type LinkMaker } from './link.ts';

/** The catalog that a Subscription follows, and the plan that should carry it out. */
export const subscriptionLinks: LinkMaker = (subscription, snapshot) => {
  const namespace = textAt(subscription, 'metadata', 'namespace');
  const plan =
    textAt(subscription, 'status', 'installPlanRef', 'name') ||
    textAt(subscription, 'status', 'installplan', 'name');
  const catalogNamespace = textAt(subscription, 'spec', 'sourceNamespace') || namespace;
  return [
    ...named('CatalogSource', catalogNamespace, textAt(subscription, 'spec', 'source'), 'follows', snapshot),
    ...named('InstallPlan', namespace, plan, 'is installed by', snapshot),
  ];
};

/** OLM installs nothing in a namespace whose groups contradict each other. */
export const operatorLinks: LinkMaker = (operator, snapshot) => {
  if (!snapshot.has('OperatorGroup')) return [];
  const namespace = textAt(operator, 'metadata', 'namespace');
  const groups = snapshot.all('OperatorGroup');
  return linksTo(
    groups.filter((group) => textAt(group, 'metadata', 'namespace') === namespace),
    'is governed by',
  );
};

/** An extension is looked for in every catalog. */
export const extensionLinks: LinkMaker = (_, snapshot) =>
  snapshot.has('ClusterCatalog') ? linksTo(snapshot.all('ClusterCatalog'), 'is looked for in') : [];

function named(
  kind: SnapshotKind,
  namespace: string,
  name: string,
  verb: string,
  snapshot: Snapshot,
): readonly Link[] {
  const found: KubeObject | undefined =
    name === '' || !snapshot.has(kind) ? undefined : snapshot.find(kind, namespace, name);
  return linksTo([found], verb);
}
