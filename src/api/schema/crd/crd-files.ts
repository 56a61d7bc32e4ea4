import type { KubeObject } from '../../kube-object.ts';
import { crdObjects } from './crd-objects.ts';

/** The CustomResourceDefinitions by file name under `crds/`. */
export function crdFiles(): ReadonlyMap<string, KubeObject> {
  return new Map(crdObjects().map((crd) => [`${(crd.metadata.name ?? '').split('.')[0]}.yaml`, crd]));
}
