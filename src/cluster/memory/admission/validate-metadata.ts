import type { JsonObject } from '../../../api/json.ts';
import { groupOf } from '../../known-kinds.ts';
import { objectAt, textAt } from '../../json-reading.ts';
import { invalid, required } from './faults.ts';
import {
  dns1035Label,
  dnsLabel,
  dnsSubdomain,
  labelValueCheck,
  pathSegment,
  qualifiedKey,
  type NameCheck,
} from './names.ts';

/** Faults of name, namespace, labels and annotations. */
export function validateMetadata(object: JsonObject, namespace: string): readonly string[] {
  const name = textAt(object, 'metadata', 'name');
  const faults: string[] = [];
  if (name === '') faults.push(required('metadata.name', 'name or generateName is required'));
  else addFault(faults, 'metadata.name', name, nameCheckOf(object));
  if (namespace !== '') addFault(faults, 'metadata.namespace', namespace, dnsLabel);
  faults.push(...validateLabels(objectAt(object, 'metadata', 'labels'), 'metadata.labels'));
  for (const key of Object.keys(objectAt(object, 'metadata', 'annotations')))
    addFault(faults, 'metadata.annotations', key, (text) => qualifiedKey(text.toLowerCase()));
  return faults;
}

export function validateLabels(labels: JsonObject, path: string): readonly string[] {
  const faults: string[] = [];
  for (const [key, value] of Object.entries(labels)) {
    addFault(faults, path, key, qualifiedKey);
    if (typeof value === 'string') addFault(faults, path, value, labelValueCheck);
  }
  return faults;
}

export function addFault(faults: string[], path: string, text: string, check: NameCheck): void {
  const why = check(text);
  if (why !== undefined) faults.push(invalid(path, text, why));
}

function nameCheckOf(object: JsonObject): NameCheck {
  const group = groupOf(textAt(object, 'apiVersion'));
  const kind = textAt(object, 'kind');
  if (group === 'rbac.authorization.k8s.io') return pathSegment;
  if (group === '' && kind === 'Namespace') return dnsLabel;
  if (group === '' && kind === 'Service') return dns1035Label;
  return dnsSubdomain;
}
