import type { JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { brokenState } from '../analyze/cluster/broken-state.ts';
import { event } from '../analyze/cluster/objects.ts';
import { formCount, leakyText, withLeakyMessages } from './leak-forms.ts';
import { leakyDeployment, leakySecret, type Canaries, type Place } from './scene.ts';
import { serveObjects } from './serve-objects.ts';

/** Something of every kind is wrong, and events, too, tell of each object. */
const state: readonly KubeObject[] = [
  ...brokenState,
  ...brokenState
    .filter(({ kind }) => kind !== 'Event')
    .flatMap((object) => ['Failed', 'BackOff', 'FailedMount'].map((reason) => event(object, reason, 'm'))),
];

/**
 * A cluster where messages, logs, Pod templates, annotations, a Secret and a ConfigMap hold a secret each; `first` is the form
 * of the first message.
 */
export async function openLeakyPlace(planted: Canaries, first: number): Promise<Place> {
  const leaky = leakyText(planted, first);
  const author = leakyDeployment(planted) as unknown as KubeObject;
  const objects = withLeakyMessages(state, leaky).map((object) => withTexts(object, author));
  const secret = leakySecret(planted) as unknown as KubeObject;
  const own = { ...secret, metadata: { name: 'cert', namespace: 'shop', uid: 'uid-Secret-cert' } };
  const data = Object.fromEntries(
    Array.from({ length: formCount }, (_, index) => [`key-${index}`, leaky('ConfigMap')]),
  );
  const config: KubeObject = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace: 'shop', uid: 'uid-ConfigMap-settings' },
    data,
  };
  const lines = Array.from({ length: formCount }, () => `ERROR ${leaky('log')}`);
  return serveObjects([...objects, own, config], ['starting', ...lines].join('\n'));
}

/** What authors write into Pods and annotations, in every workload and Pod. */
function withTexts(object: KubeObject, author: KubeObject): KubeObject {
  const body = object as unknown as {
    readonly spec?: { readonly template?: { readonly spec?: JsonObject } };
  };
  const podSpec = (author as unknown as { spec: { template: { spec: JsonObject } } }).spec.template.spec;
  const [written] = podSpec['containers'] as readonly JsonObject[];
  const withContainer = (spec: JsonObject): JsonObject => ({
    ...spec,
    containers: (spec['containers'] as readonly JsonObject[]).map((each) => ({
      ...written,
      name: each['name'] ?? 'c',
    })),
  });
  const annotations = author.metadata.annotations ?? {};
  const metadata = { ...object.metadata, annotations };
  const template = body.spec?.template;
  if (template?.spec !== undefined)
    return {
      ...object,
      metadata,
      spec: { ...body.spec, template: { ...template, spec: withContainer(template.spec) } },
    };
  if (object.kind === 'Pod')
    return {
      ...object,
      metadata,
      spec: withContainer(object['spec'] as JsonObject),
    };
  return { ...object, metadata };
}
