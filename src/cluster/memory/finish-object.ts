import type { JsonObject } from '../../api/json.ts';
import { mapField } from './admission/set-defaults.ts';
import { objectDefaults } from './admission/object-defaults.ts';
import { objectAt, textAt, valueAt } from '../json-reading.ts';
import { allocateAddresses } from './services/allocate-address.ts';

export interface FinishFacts {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  /** Specs of the cluster's other Services. */
  otherServices(): readonly JsonObject[];
}

/** The object as the API server stores it: defaults, and what it allocates. Done twice it changes nothing. */
export function finishObject(object: JsonObject, facts: FinishFacts): JsonObject {
  const filled = objectDefaults(object);
  const [apiVersion, kind] = [textAt(filled, 'apiVersion'), textAt(filled, 'kind')];
  if (apiVersion === 'v1' && kind === 'Service') {
    const seed = `${facts.namespace}/${facts.name}`;
    return mapField(filled, 'spec', (spec) => allocateAddresses(spec, seed, facts.otherServices()));
  }
  if (apiVersion === 'batch/v1' && kind === 'Job')
    return labelledJob(mapField(filled, 'spec', (spec) => withJobLabels(spec, facts)));
  if (apiVersion === 'v1' && kind === 'Namespace') return withNameLabel(filled, facts.name);
  return filled;
}

/** A Job finds its Pods by its uid, unless the user says how. */
function withJobLabels(spec: JsonObject, { name, uid }: FinishFacts): JsonObject {
  if (valueAt(spec, 'manualSelector') === true) return spec;
  const labels = {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  };
  const selector = { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } };
  return mapField({ ...spec, selector: spec['selector'] ?? selector }, 'template', (template) => ({
    ...template,
    metadata: {
      ...objectAt(template, 'metadata'),
      labels: { ...objectAt(template, 'metadata', 'labels'), ...labels },
    },
  }));
}

/** A Job without labels gets those of its Pods. */
function labelledJob(job: JsonObject): JsonObject {
  const metadata = objectAt(job, 'metadata');
  const labels = objectAt(job, 'spec', 'template', 'metadata', 'labels');
  if (Object.keys(objectAt(metadata, 'labels')).length > 0) return job;
  return { ...job, metadata: { ...metadata, labels } };
}

function withNameLabel(namespace: JsonObject, name: string): JsonObject {
  const metadata = objectAt(namespace, 'metadata');
  const labels = { ...objectAt(metadata, 'labels'), 'kubernetes.io/metadata.name': name };
  return { ...namespace, metadata: { ...metadata, labels } };
}
