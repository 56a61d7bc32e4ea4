import type { KubeObject } from '../../api/kube-object.ts';
import type { CuePackage } from '../../cue/user-package.ts';
import { readPackage } from '../../step-types/packages/read-package.ts';
import { jsonDocument } from '../../yaml/json-document.ts';
import { plainDefinition } from './plain-definition.ts';

/** A Package of a cluster; one with a fault is `unusable`. */
export function packageOfObject(object: KubeObject): CuePackage {
  const { name = '', namespace = '' } = object.metadata;
  return readPackage(jsonDocument(plainDefinition(object), `${namespace}/${name}`)).package;
}
