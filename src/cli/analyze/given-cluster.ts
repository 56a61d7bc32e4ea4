import { SluiceError } from '../../api/errors.ts';
import type { Fault } from '../../api/fault.ts';
import type { Json, JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { objectsAt, textAt } from '../../cluster/json-reading.ts';
import { groupOf } from '../../cluster/known-kinds.ts';
import type { ReadOnlyCluster } from '../../cluster/port.ts';
import type { InputFile } from '../../runner/session.ts';
import type { FindingPlaces } from './finding-places.ts';
import { placesOf, readGivenObjects } from './given-objects.ts';

export interface GivenCluster {
  readonly cluster: ReadOnlyCluster;
  /** What could not be read; the rest is judged all the same. */
  readonly faults: readonly Fault[];
  readonly placeOf: FindingPlaces;
}

/**
 * What people put into a directory of manifests, so one that is not there is missing. Nothing of another kind, such as a
 * Secret or an Event, says only that it was not written down.
 */
const written: ReadonlySet<string> = new Set(['Service', 'ConfigMap']);

/** The objects of manifests and dumps as a cluster, `kind: List` unpacked. */
export function givenCluster(files: readonly InputFile[]): GivenCluster {
  const { given, faults } = readGivenObjects(files, 'default');
  const objects = given.map(({ object }) => object);
  const all = [...objects, ...slicesOf(objects)];
  const isOf = (object: KubeObject, apiVersion: string, kind: string): boolean =>
    object.kind === kind && groupOf(object.apiVersion) === groupOf(apiVersion);
  const cluster: ReadOnlyCluster = {
    name: '',
    kind: 'memory',
    async get({ apiVersion, kind, namespace = '', name }) {
      return all.find(
        (object) =>
          isOf(object, apiVersion, kind) &&
          (object.metadata.namespace ?? '') === namespace &&
          object.metadata.name === name,
      );
    },
    async list({ apiVersion, kind, namespace, metadataOnly = false }) {
      const ofKind = all.filter((object) => isOf(object, apiVersion, kind));
      if (ofKind.length === 0 && !written.has(kind))
        throw new SluiceError('terminal', 'NotGiven', `The files hold no object of kind ${kind}.`);
      const inPlace = ofKind.filter(
        ({ metadata }) => namespace === undefined || metadata.namespace === namespace,
      );
      // As a cluster answers: the values of Secrets go no further.
      return metadataOnly
        ? inPlace.map(({ metadata, ...each }) => ({ apiVersion: each.apiVersion, kind, metadata }))
        : inPlace;
    },
  };
  return {
    cluster,
    faults,
    placeOf: placesOf(given),
  };
}

/** Endpoints, which older dumps hold, as the slices of Services that have none. */
function slicesOf(objects: readonly KubeObject[]): readonly KubeObject[] {
  const served = new Set(
    objects
      .filter(({ kind }) => kind === 'EndpointSlice')
      .map((slice) => placeOf(slice, textAt(slice, 'metadata', 'labels', 'kubernetes.io/service-name'))),
  );
  return objects
    .filter(({ apiVersion, kind }) => kind === 'Endpoints' && apiVersion === 'v1')
    .filter((each) => !served.has(placeOf(each, each.metadata.name ?? '')))
    .map((each) => {
      const { name = '', namespace = '' } = each.metadata;
      const endpoints = objectsAt(each as unknown as Json, 'subsets').flatMap((subset) => [
        ...objectsAt(subset, 'addresses').map((address) => endpointOf(address, true)),
        ...objectsAt(subset, 'notReadyAddresses').map((address) => endpointOf(address, false)),
      ]);
      const labels = { 'kubernetes.io/service-name': name };
      return {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name, namespace, labels },
        endpoints,
      };
    });
}

function endpointOf(address: JsonObject, ready: boolean): JsonObject {
  const { targetRef } = address;
  return { conditions: { ready }, ...(targetRef === undefined ? {} : { targetRef }) };
}

function placeOf({ metadata }: KubeObject, name: string): string {
  return `${metadata.namespace ?? ''}/${name}`;
}
