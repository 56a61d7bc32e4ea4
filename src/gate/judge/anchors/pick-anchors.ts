import type { JsonObject } from '../../../api/json.ts';
import { stringifyJson } from '../../../api/json.ts';
import type { Anchor } from '../criteria.ts';
import { pickOne, shuffled } from '../seeded-order.ts';
import { anchorNames, anchorNamespaces, anchorTopics, type PodParts } from './anchor-pool.ts';

/** An anchor with what is shown of it: a piece of evidence, and the question about that piece alone. */
export interface ShownAnchor extends Anchor {
  readonly question: string;
  readonly evidence: { readonly kind: 'object'; readonly ref: string; readonly text: string };
}

/** No criterion can have such an id. */
export const anchorIds: readonly Anchor[] = [
  { id: 'anchor/pass', expects: 'yes' },
  { id: 'anchor/refuse', expects: 'no' },
];

/**
 * One anchor that must be passed and one that must be refused, on different questions and different objects. Neither has the
 * ref of one of the real pieces.
 */
export function pickAnchors(next: () => number, takenRefs: ReadonlySet<string>): readonly ShownAnchor[] {
  const topics = shuffled(anchorTopics, next);
  const names = shuffled(anchorNames, next);
  return anchorIds.map((anchor, index) => {
    const topic = topics[index] ?? anchorTopics[0];
    const namespace = pickOne(anchorNamespaces, next);
    const name = freeName(names[index] ?? 'web', namespace, takenRefs);
    const object = workload(name, namespace, anchor.expects === 'yes' ? topic.yes : topic.no);
    return {
      ...anchor,
      question: topic.question,
      evidence: { kind: 'object', ref: refOf(name, namespace), text: stringifyJson(object, 1) },
    };
  });
}

function refOf(name: string, namespace: string): string {
  return `Deployment ${namespace}/${name}`;
}

function freeName(name: string, namespace: string, taken: ReadonlySet<string>): string {
  for (let tries = 2; ; tries += 1) {
    const candidate = tries === 2 ? name : `${name}-${tries}`;
    if (!taken.has(refOf(candidate, namespace))) return candidate;
  }
}

/** Sound but for what `parts` changes. Keys stand in the order in which evidence has them. */
function workload(name: string, namespace: string, parts: PodParts): JsonObject {
  const container = sorted({
    image: 'nginx:1.27.3',
    name,
    readinessProbe: { httpGet: { path: '/ready', port: 8080 }, periodSeconds: 10 },
    resources: { limits: { memory: '256Mi' }, requests: { cpu: '100m', memory: '256Mi' } },
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
    ...parts.container,
  });
  const spec = sorted({
    containers: [container],
    securityContext: { runAsNonRoot: true, runAsUser: 10001 },
    ...parts.pod,
  });
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { labels: { app: name }, name, namespace },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec },
    },
  };
}

function sorted(fields: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  ) as JsonObject;
}
