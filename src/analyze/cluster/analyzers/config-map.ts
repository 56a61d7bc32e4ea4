import type { KubeObject } from '../../../api/kube-object.ts';
import { fieldAt, objectAt, objectsAt, textAt } from '../../json-fields.ts';
import type { SnapshotKind } from '../kinds.ts';
import { containerSpecsOf, podSpecOf } from '../../pod-template.ts';
import type { Analyzer, Problem } from '../analyzer.ts';
import type { Look } from '../look.ts';
import { present } from '../reference.ts';

/** Pods, and what will run Pods again. */
const users = [
  'Pod',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
] as const satisfies readonly SnapshotKind[];

export const configMap: Analyzer = {
  name: 'ConfigMap',
  judges: ['ConfigMap'],
  reads: users,
  check: (look) => present([unused(look), empty(look), large(look)]),
};

const largestBytes = 1024 * 1024;
const systemNamespaces: ReadonlySet<string> = new Set(['kube-system', 'kube-public', 'kube-node-lease']);
/** Marks of maps that programs read through the API. */
const readByPrograms = [
  'grafana_dashboard',
  'grafana_datasource',
  'prometheus_rule',
  'fluentd_config',
  'k8sgpt.ai/dynamically-loaded',
];
const annotations = ['k8sgpt.ai/skip-usage-check', 'control-plane.alpha.kubernetes.io/leader'];

function unused(look: Look): Problem | undefined {
  if (isReadElsewhere(look)) return undefined;
  const lists = users.map((kind) => look.givenOf(kind));
  const place = `${look.namespace}/${look.name}`;
  const isUsed = lists.some((objects) => objects !== undefined && usedBy(objects).has(place));
  if (isUsed || lists.includes(undefined)) return undefined;
  return {
    id: 'ConfigMapUnused',
    severity: 'info',
    text: 'No Pod and no Pod template of its namespace refers to the ConfigMap.',
    fix: 'Delete it, unless a program reads it through the API.',
    k8sgpt: { text: `ConfigMap ${look.name} is not used by any pods in the namespace` },
  };
}

function isReadElsewhere({ object, namespace, name }: Look): boolean {
  return (
    systemNamespaces.has(namespace) ||
    name === 'kube-root-ca.crt' ||
    objectsAt(object, 'metadata', 'ownerReferences').length > 0 ||
    readByPrograms.some((label) => fieldAt(object, 'metadata', 'labels', label) !== undefined) ||
    annotations.some((key) => fieldAt(object, 'metadata', 'annotations', key) !== undefined)
  );
}

/** One reading of a list serves all ConfigMaps that are judged by it. */
const usedByList = new WeakMap<readonly KubeObject[], ReadonlySet<string>>();

/** `namespace/name` of the ConfigMaps that these objects refer to. */
function usedBy(objects: readonly KubeObject[]): ReadonlySet<string> {
  const known = usedByList.get(objects);
  if (known !== undefined) return known;
  const used = new Set<string>();
  for (const user of objects) {
    const namespace = textAt(user, 'metadata', 'namespace');
    for (const name of referredBy(user)) used.add(`${namespace}/${name}`);
  }
  usedByList.set(objects, used);
  return used;
}

/** Names of the ConfigMaps that the Pod of a workload refers to. */
function referredBy(user: KubeObject): readonly string[] {
  const spec = podSpecOf(user) ?? {};
  const names: string[] = [];
  const add = (name: string): void => {
    if (name !== '') names.push(name);
  };
  for (const volume of objectsAt(spec, 'volumes')) {
    add(textAt(volume, 'configMap', 'name'));
    for (const source of objectsAt(volume, 'projected', 'sources')) add(textAt(source, 'configMap', 'name'));
  }
  for (const container of containerSpecsOf(spec)) {
    for (const each of objectsAt(container, 'env')) add(textAt(each, 'valueFrom', 'configMapKeyRef', 'name'));
    for (const each of objectsAt(container, 'envFrom')) add(textAt(each, 'configMapRef', 'name'));
  }
  return names;
}

function empty({ object, name }: Look): Problem | undefined {
  const keys = (field: string): number => Object.keys(objectAt(object, field)).length;
  if (keys('data') + keys('binaryData') > 0) return undefined;
  return {
    id: 'ConfigMapEmpty',
    severity: 'low',
    fieldPath: 'data',
    text: 'The ConfigMap holds nothing.',
    fix: 'Fill it, or delete it.',
    k8sgpt: { text: `ConfigMap ${name} is empty` },
  };
}

function large({ object, name }: Look): Problem | undefined {
  const texts = Object.values({ ...objectAt(object, 'data') }).filter((each) => typeof each === 'string');
  const binaries = Object.values(objectAt(object, 'binaryData')).filter((each) => typeof each === 'string');
  const bytes =
    texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) +
    binaries.reduce((sum, text) => sum + Buffer.byteLength(text, 'base64'), 0);
  if (bytes <= largestBytes) return undefined;
  return {
    id: 'ConfigMapTooLarge',
    severity: 'medium',
    fieldPath: 'data',
    text: `The ConfigMap holds ${bytes} bytes; the API server takes 1 MiB.`,
    fix: 'Split it, or keep large files in an image or a volume.',
    k8sgpt: { text: `ConfigMap ${name} is larger than 1MB (${bytes} bytes)` },
  };
}
