import type { JsonObject } from '../../api/json.ts';
import { numberAt, objectAt, textAt } from '../../cluster/json-reading.ts';

/** On a Lease: who, being at home in the shard, asks whoever took it over to give it back. */
const wantedByAnnotation = 'sluice.dev/wanted-by';

/** What a Lease of coordination.k8s.io/v1 says. */
export interface LeaseRecord {
  readonly name: string;
  /** '' when nobody holds it. */
  readonly holder: string;
  readonly durationMs: number | undefined;
  /** '' when nobody asks for it. */
  readonly wantedBy: string;
  /** Differs after every renewal and every change of the holder; says nothing about clocks. */
  readonly beat: string;
  readonly object: JsonObject;
}

export function readLease(object: JsonObject): LeaseRecord {
  const holder = textAt(object, 'spec', 'holderIdentity');
  const seconds = numberAt(object, 'spec', 'leaseDurationSeconds');
  return {
    name: textAt(object, 'metadata', 'name'),
    holder,
    durationMs: seconds === undefined ? undefined : seconds * 1000,
    wantedBy: textAt(object, 'metadata', 'annotations', wantedByAnnotation),
    beat: JSON.stringify([holder, textAt(object, 'spec', 'renewTime'), transitionsOf(object)]),
    object,
  };
}

export interface HoldWrite {
  readonly namespace: string;
  readonly name: string;
  readonly identity: string;
  readonly durationMs: number;
  readonly nowMs: number;
}

/** The Lease as `identity` takes or renews it. A new holder has no wish of an older time upon it. */
export function heldLease(found: LeaseRecord | undefined, write: HoldWrite): JsonObject {
  const { namespace, name, identity, durationMs, nowMs } = write;
  const isRenewal = found?.holder === identity;
  const before = found === undefined ? {} : objectAt(found.object, 'spec');
  // A clock that stands still must not make a renewal look like none.
  const renewTime = microTime(nowMs);
  const isSame = isRenewal && before['renewTime'] === renewTime;
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: found === undefined ? { name, namespace } : metadataOf(found, isRenewal ? found.wantedBy : ''),
    spec: {
      ...before,
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(durationMs / 1000),
      renewTime: isSame ? microTime(nowMs + 1) : renewTime,
      ...(isRenewal
        ? {}
        : {
            acquireTime: renewTime,
            leaseTransitions: found === undefined ? 0 : transitionsOf(found.object) + 1,
          }),
    },
  };
}

/** The Lease as its holder leaves it: the next one need not wait. A wish stays, so that others let that one go first. */
export function freedLease(found: LeaseRecord, nowMs: number): JsonObject {
  const spec = { ...objectAt(found.object, 'spec'), holderIdentity: '', renewTime: microTime(nowMs) };
  return { ...found.object, metadata: metadataOf(found, found.wantedBy), spec };
}

/** The same Lease, with a wish upon it. */
export function wantedLease(found: LeaseRecord, identity: string): JsonObject {
  return { ...found.object, metadata: metadataOf(found, identity) };
}

function metadataOf(found: LeaseRecord, wantedBy: string): JsonObject {
  // The server keeps managedFields where a write has none.
  const { managedFields: _managedFields, ...metadata } = objectAt(found.object, 'metadata');
  if (wantedBy === found.wantedBy) return metadata;
  const { [wantedByAnnotation]: _wanted, ...annotations } = objectAt(metadata, 'annotations');
  return {
    ...metadata,
    annotations: wantedBy === '' ? annotations : { ...annotations, [wantedByAnnotation]: wantedBy },
  };
}

function transitionsOf(object: JsonObject): number {
  return numberAt(object, 'spec', 'leaseTransitions') ?? 0;
}

/** As Kubernetes writes a MicroTime. */
function microTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}
