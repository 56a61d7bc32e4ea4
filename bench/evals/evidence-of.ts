import { messageOf } from '../../src/api/errors.ts';
import { describeObject } from '../../src/analyze/object-name.ts';
import { canonicalJson } from '../../src/evidence/canonical-json.ts';
import { uniqueRefs, type EvidenceItem } from '../../src/evidence/item.ts';
import { trimObject } from '../../src/evidence/trim-object.ts';
import type { OpenWorld } from './open-world.ts';
import type { World } from './scenario.ts';

/** What a state holds, for a model to read: objects, ends of logs, and what was refused. */
export async function evidenceOf(world: World, { cluster }: OpenWorld): Promise<readonly EvidenceItem[]> {
  const listed = await Promise.all(kindsOf(world).map((kind) => itemsOf(kind, cluster)));
  const logs = world.kind === 'state' ? world.logs : [];
  return uniqueRefs([
    ...listed.flat(),
    ...logs.flatMap(({ pod, container, text = '', previous = '' }): readonly EvidenceItem[] => [
      ...(text === '' ? [] : [{ kind: 'log' as const, ref: `log of ${container} in Pod ${pod}`, text }]),
      ...(previous === ''
        ? []
        : [{ kind: 'log' as const, ref: `previous log of ${container} in Pod ${pod}`, text: previous }]),
    ]),
  ]);
}

interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
}

/** Kinds that the in-memory cluster makes by itself. */
const made: readonly Kind[] = [
  { apiVersion: 'apps/v1', kind: 'ReplicaSet' },
  { apiVersion: 'v1', kind: 'Pod' },
  { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' },
  { apiVersion: 'v1', kind: 'Event' },
];

function kindsOf(world: World): readonly Kind[] {
  const refused = world.kind === 'state' ? [...world.denied, ...world.notInstalled] : [];
  const all = [
    ...(world.kind === 'state' ? world.objects : [...world.manifests, ...made]),
    // Who is refused asks for the kind alone; its group plays no part.
    ...refused.map((kind) => ({ apiVersion: 'v1', kind })),
  ];
  return [...new Map(all.map(({ apiVersion, kind }) => [kind, { apiVersion, kind }])).values()];
}

async function itemsOf(
  { apiVersion, kind }: Kind,
  cluster: OpenWorld['cluster'],
): Promise<readonly EvidenceItem[]> {
  try {
    const objects = await cluster.list({ apiVersion, kind });
    return objects.map((object) => ({
      kind: 'object' as const,
      ref: describeObject(object),
      text: canonicalJson(trimObject(object)),
    }));
  } catch (error) {
    return [{ kind: 'note', ref: `${kind} cannot be read`, text: messageOf(error) }];
  }
}
