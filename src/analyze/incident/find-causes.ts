import type { KubeObject } from '../../api/kube-object.ts';
import type { ClusterFinding } from '../cluster/analyze-cluster.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { describeObject } from '../object-name.ts';
import { effects, ownCauses } from './effects.ts';
import type { Link, LinkMaker } from './link.ts';
import { extensionLinks, operatorLinks, subscriptionLinks } from './operator-links.ts';
import { podLinks } from './pod-links.ts';
import {
  gatewayLinks,
  ingressLinks,
  routeLinks,
  serviceLinks,
  targetLinks,
  webhookLinks,
} from './traffic-links.ts';
import { workloadLinks } from './workload-links.ts';

/** What directly explains a finding. */
export interface Cause {
  readonly cause: ClusterFinding;
  /** Such as `Service shop/web selects Pod shop/web-1`. */
  readonly because: string;
}

const links: Readonly<Record<string, LinkMaker>> = {
  Pod: podLinks,
  ReplicaSet: workloadLinks,
  Deployment: workloadLinks,
  StatefulSet: workloadLinks,
  DaemonSet: workloadLinks,
  Job: workloadLinks,
  CronJob: workloadLinks,
  Service: serviceLinks,
  Ingress: ingressLinks,
  HTTPRoute: routeLinks,
  ValidatingWebhookConfiguration: webhookLinks,
  MutatingWebhookConfiguration: webhookLinks,
  HorizontalPodAutoscaler: targetLinks,
  Gateway: gatewayLinks,
  Subscription: subscriptionLinks,
  ClusterServiceVersion: operatorLinks,
  ClusterExtension: extensionLinks,
};

/** The direct cause of each finding that has one. Of several at the same distance the first in the order of `findings`. */
export function findCauses(
  findings: readonly ClusterFinding[],
  snapshot: Snapshot,
): ReadonlyMap<ClusterFinding, Cause> {
  const byObject = new Map<KubeObject, ClusterFinding[]>();
  const objectOf = new Map<ClusterFinding, KubeObject>();
  for (const finding of findings) {
    const { kind, namespace = '', name } = finding.object;
    const object = snapshot.has(kind) ? snapshot.find(kind, namespace, name) : undefined;
    if (object === undefined) continue;
    objectOf.set(finding, object);
    byObject.set(object, [...(byObject.get(object) ?? []), finding]);
  }
  const order = new Map(findings.map((finding, index) => [finding, index]));
  const causes = new Map<ClusterFinding, Cause>();
  for (const [finding, object] of objectOf) {
    const cause =
      (effects.has(finding.id) ? causeOf(finding, object) : undefined) ?? ownCauseOf(finding, object);
    if (cause !== undefined) causes.set(finding, cause);
  }
  return causes;

  function causeOf(finding: ClusterFinding, object: KubeObject): Cause | undefined {
    const seen = new Set([object]);
    let ways = stepsFrom(object, finding).map((last): Way => ({ last, before: [] }));
    while (ways.length > 0) {
      // Also the object itself, which is reached again by way of what it owns, explains nothing more.
      ways = ways.filter(({ last: { to } }) => !seen.has(to) && seen.add(to));
      const [nearest] = ways
        .flatMap((way) => (byObject.get(way.last.to) ?? []).map((cause) => ({ cause, way })))
        .filter(({ cause, way }) => way.last.accepts(cause))
        .toSorted((a, b) => (order.get(a.cause) ?? 0) - (order.get(b.cause) ?? 0));
      if (nearest !== undefined) return { cause: nearest.cause, because: sentence(object, nearest.way) };
      ways = ways.flatMap(({ last, before }) =>
        stepsFrom(last.to, undefined)
          // What stands beside an object under one owner does not explain it.
          .filter(({ verb }) => last.verb !== 'belongs to' || verb !== 'owns')
          .map((link): Way => ({ last: narrowed(link, last), before: [...before, last] })),
      );
    }
    return undefined;
  }

  function ownCauseOf(finding: ClusterFinding, object: KubeObject): Cause | undefined {
    const ids = ownCauses.get(finding.id) ?? [];
    const own = byObject
      .get(object)
      ?.find(({ id, container }) => ids.includes(id) && container === (finding.container ?? container));
    return own && { cause: own, because: `both are of ${describeObject(object)}` };
  }

  function stepsFrom(object: KubeObject, finding: ClusterFinding | undefined): readonly Link[] {
    return links[object.kind]?.(object, snapshot, finding) ?? [];
  }
}

/** Where only some problems of an owner explain, it is the same with the owner's owner. */
function narrowed(link: Link, last: Link): Link {
  if (last.verb !== 'belongs to' || link.verb !== 'belongs to') return link;
  return { ...link, accepts: (finding) => last.accepts(finding) };
}

interface Way {
  readonly last: Link;
  readonly before: readonly Link[];
}

/** `Deployment a owns Pod b, which runs on Node c`; who owns what in between is left out. */
function sentence(object: KubeObject, { last, before }: Way): string {
  const way = [...before, last];
  const told = way.filter((link, index) => link.verb !== 'owns' || way[index + 1]?.verb !== 'owns');
  const steps = told.map(({ verb, to }) => `${verb} ${describeObject(to)}`);
  return `${describeObject(object)} ${steps.join(', which ')}`;
}
