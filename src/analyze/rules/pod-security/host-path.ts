import type { WorkloadRule, Hit } from '../rule.ts';
import type { Workload } from '../../pod-template.ts';
import { isObject } from '../../../api/json.ts';
import { fieldAt, objectsAt, textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import { podSecurity } from '../source.ts';

/** Who can write there, or talk to a socket there, controls the node. */
const nodePaths = [
  '/etc',
  '/root',
  '/boot',
  '/dev',
  '/proc',
  '/sys',
  '/run',
  '/var/run',
  '/var/lib/kubelet',
  '/var/lib/docker',
  '/var/lib/containerd',
  '/var/lib/etcd',
  '/var/log',
  '/home',
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
];

export const hostPathNode: WorkloadRule = {
  id: 'HostPathOfNode',
  severity: 'critical',
  category: 'isolation',
  reason: 'files of the node hold its credentials and decide what it runs',
  cis: '5.2.12',
  ...podSecurity('baseline', 'HostPath Volumes'),
  check: (workload) =>
    hostPaths(workload, true, 'the node itself is run from there, so the Pod can take it over'),
};

export const hostPath: WorkloadRule = {
  id: 'HostPathVolume',
  severity: 'high',
  category: 'isolation',
  reason: "the Pod and the node, and Pods after it, can change each other's data",
  cis: '5.2.12',
  ...podSecurity('baseline', 'HostPath Volumes'),
  check: (workload) =>
    hostPaths(
      workload,
      false,
      'its data stays on one node, and other Pods and the node can read and change it',
    ),
};

function hostPaths(workload: Workload, wantNode: boolean, meaning: string): readonly Hit[] {
  return objectsAt(workload.podSpec, 'volumes')
    .map((volume, index) => ({ volume, index }))
    .filter(({ volume }) => isObject(fieldAt(volume, 'hostPath')))
    .filter(({ volume }) => isNodePath(textAt(volume, 'hostPath', 'path')) === wantNode)
    .map(({ volume, index }) => {
      const fieldPath = `${workload.podPath}.volumes[${index}].hostPath`;
      const name = quoteText(textAt(volume, 'name'), 63);
      return {
        fieldPath,
        text: `Volume "${name}" is the directory ${quoteText(textAt(volume, 'hostPath', 'path'), 200)} of the node: ${meaning}.`,
        fix: `Take the node's directory out of the Pod: replace ${fieldPath} by an emptyDir, a ConfigMap or a PersistentVolumeClaim.`,
      };
    });
}

function isNodePath(path: string): boolean {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  const plain = `/${parts.join('/')}`;
  return (
    plain === '/' ||
    plain === '/var' ||
    nodePaths.some((each) => plain === each || plain.startsWith(`${each}/`))
  );
}
