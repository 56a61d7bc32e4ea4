import type { ObjectRule } from './rule.ts';
import { textAt } from '../json-fields.ts';
import { documented } from './source.ts';

interface Removal {
  /** Kinds, where not all of the version are meant. */
  readonly kinds?: readonly string[];
  /** The first version of Kubernetes without it. */
  readonly since: string;
  /** What to write; absent where nothing took its place. */
  readonly now?: string;
}

const removals: Readonly<Record<string, readonly Removal[]>> = {
  'extensions/v1beta1': [
    { kinds: ['Ingress'], since: '1.22', now: 'networking.k8s.io/v1' },
    { kinds: ['NetworkPolicy'], since: '1.16', now: 'networking.k8s.io/v1' },
    { kinds: ['Deployment', 'DaemonSet', 'ReplicaSet'], since: '1.16', now: 'apps/v1' },
    { kinds: ['PodSecurityPolicy'], since: '1.16' },
  ],
  'apps/v1beta1': [{ since: '1.16', now: 'apps/v1' }],
  'apps/v1beta2': [{ since: '1.16', now: 'apps/v1' }],
  'networking.k8s.io/v1beta1': [
    { kinds: ['Ingress', 'IngressClass'], since: '1.22', now: 'networking.k8s.io/v1' },
  ],
  'rbac.authorization.k8s.io/v1beta1': [{ since: '1.22', now: 'rbac.authorization.k8s.io/v1' }],
  'apiextensions.k8s.io/v1beta1': [{ since: '1.22', now: 'apiextensions.k8s.io/v1' }],
  'admissionregistration.k8s.io/v1beta1': [
    {
      kinds: ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'],
      since: '1.22',
      now: 'admissionregistration.k8s.io/v1',
    },
  ],
  'apiregistration.k8s.io/v1beta1': [{ since: '1.22', now: 'apiregistration.k8s.io/v1' }],
  'certificates.k8s.io/v1beta1': [
    { kinds: ['CertificateSigningRequest'], since: '1.22', now: 'certificates.k8s.io/v1' },
  ],
  'coordination.k8s.io/v1beta1': [{ kinds: ['Lease'], since: '1.22', now: 'coordination.k8s.io/v1' }],
  'scheduling.k8s.io/v1beta1': [{ kinds: ['PriorityClass'], since: '1.22', now: 'scheduling.k8s.io/v1' }],
  'storage.k8s.io/v1beta1': [
    {
      kinds: ['StorageClass', 'VolumeAttachment', 'CSIDriver', 'CSINode'],
      since: '1.22',
      now: 'storage.k8s.io/v1',
    },
    { kinds: ['CSIStorageCapacity'], since: '1.27', now: 'storage.k8s.io/v1' },
  ],
  'batch/v1beta1': [{ since: '1.25', now: 'batch/v1' }],
  'discovery.k8s.io/v1beta1': [{ since: '1.25', now: 'discovery.k8s.io/v1' }],
  'events.k8s.io/v1beta1': [{ since: '1.25', now: 'events.k8s.io/v1' }],
  'node.k8s.io/v1beta1': [{ since: '1.25', now: 'node.k8s.io/v1' }],
  'policy/v1beta1': [
    { kinds: ['PodDisruptionBudget'], since: '1.25', now: 'policy/v1' },
    { kinds: ['PodSecurityPolicy'], since: '1.25' },
  ],
  'autoscaling/v2beta1': [{ since: '1.25', now: 'autoscaling/v2' }],
  'autoscaling/v2beta2': [{ since: '1.26', now: 'autoscaling/v2' }],
  'flowcontrol.apiserver.k8s.io/v1beta1': [{ since: '1.26', now: 'flowcontrol.apiserver.k8s.io/v1' }],
  'flowcontrol.apiserver.k8s.io/v1beta2': [{ since: '1.29', now: 'flowcontrol.apiserver.k8s.io/v1' }],
  'flowcontrol.apiserver.k8s.io/v1beta3': [{ since: '1.32', now: 'flowcontrol.apiserver.k8s.io/v1' }],
};

/** Such an object is refused, so this counts as broken now and not as badly written. */
export const removedVersion: ObjectRule = {
  id: 'ApiVersionRemoved',
  severity: 'critical',
  category: 'runtime',
  reason: 'every API server that is still maintained refuses it',
  source: documented('Deprecated API migration guide', 'reference/using-api/deprecation-guide/'),
  check: (object) => {
    const version = textAt(object, 'apiVersion');
    const known = Object.hasOwn(removals, version) ? (removals[version] ?? []) : [];
    const removal = known.find(({ kinds }) => kinds === undefined || kinds.includes(object.kind));
    if (removal === undefined) return [];
    return [
      {
        fieldPath: 'apiVersion',
        text: `Kubernetes ${removal.since} and later have no ${object.kind} of ${version}.`,
        fix:
          removal.now === undefined
            ? 'Label namespaces for Pod Security admission in its place.'
            : `Set apiVersion to ${removal.now}, and adapt the fields that the migration guide names.`,
      },
    ];
  },
};
