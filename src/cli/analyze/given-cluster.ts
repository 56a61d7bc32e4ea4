import { SluiceError } from '../../api/errors.ts';
import type { Fault } from '../../api/fault.ts';
import { isObject, type Json, type JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { objectsAt, textAt } from '../../cluster/json-reading.ts';
import { groupOf, isNamespaced } from '../../cluster/known-kinds.ts';
import type { ReadOnlyCluster } from '../../cluster/port.ts';
import type { InputFile } from '../../runner/session.ts';
import { readDocuments } from '../../yaml/read-documents.ts';
import { findingPlaces, type FindingPlaces } from './finding-places.ts';

export interface GivenCluster {
  readonly cluster: ReadOnlyCluster;
  /** What could not be read; the rest is judged all the same. */
  readonly faults: readonly Fault[];
  readonly placeOf: FindingPlaces;
}

/** A dump of a whole cluster, in bytes. */
const largestFile = 16 * 1024 * 1024;

/**
 * What people put into a directory of manifests, so one that is not there is missing. Nothing of another kind, such as a
 * Secret or an Event, says only that it was not written down.
 */
const written: ReadonlySet<string> = new Set(['Service', 'ConfigMap']);

/** The objects of manifests and dumps as a cluster, `kind: List` unpacked. */
export function givenCluster(files: readonly InputFile[]): GivenCluster {
  const read = files.map(({ name, bytes }) => readDocuments(bytes, name, { bytes: largestFile }));
  const given = read
    .flatMap(({ documents }) => documents)
    .flatMap((document) =>
      isObject(document.value) ? [{ document, object: inNamespace(document.value) }] : [],
    );
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
    faults: read.flatMap(({ faults }) => faults),
    placeOf: findingPlaces(
      given.map(({ document, object: { kind, metadata } }) => ({ ...metadata, kind, document })),
    ),
  };
}

/** A manifest without a namespace goes to `default`. */
function inNamespace(value: JsonObject): KubeObject {
  const apiVersion = textAt(value, 'apiVersion');
  const kind = textAt(value, 'kind');
  const metadata = isObject(value['metadata']) ? value['metadata'] : {};
  const isPlaced = !isNamespaced(apiVersion, kind) || textAt(metadata, 'namespace') !== '';
  const place = isPlaced ? {} : { namespace: 'default' };
  return { ...value, apiVersion, kind, metadata: { ...metadata, ...place } };
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
