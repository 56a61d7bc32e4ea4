import type { KubeObject } from '../../../api/kube-object.ts';
import { compareText } from '../../../cluster/object-order.ts';
import { textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { Problem } from '../analyzer.ts';
import type { Look } from '../look.ts';

/**
 * Provisioners that were part of Kubernetes: the CSI driver that serves their volumes now, '' for those that were removed
 * without one. `kubernetes.io/no-provisioner` is none of them: local volumes use it.
 */
const inTree: Readonly<Record<string, string>> = {
  'kubernetes.io/aws-ebs': 'ebs.csi.aws.com',
  'kubernetes.io/gce-pd': 'pd.csi.storage.gke.io',
  'kubernetes.io/azure-disk': 'disk.csi.azure.com',
  'kubernetes.io/azure-file': 'file.csi.azure.com',
  'kubernetes.io/cinder': 'cinder.csi.openstack.org',
  'kubernetes.io/vsphere-volume': 'csi.vsphere.vmware.com',
  'kubernetes.io/portworx-volume': 'pxd.portworx.com',
  'kubernetes.io/glusterfs': '',
  'kubernetes.io/rbd': '',
  'kubernetes.io/cephfs': '',
  'kubernetes.io/quobyte': '',
  'kubernetes.io/storageos': '',
  'kubernetes.io/scaleio': '',
  'kubernetes.io/flocker': '',
};

export function deprecatedProvisioner(look: Look): Problem | undefined {
  const provisioner = textAt(look.object, 'provisioner');
  const driver = Object.hasOwn(inTree, provisioner) ? inTree[provisioner] : undefined;
  if (driver === undefined) return undefined;
  return {
    id: 'ProvisionerDeprecated',
    severity: driver === '' ? 'high' : 'low',
    fieldPath: 'provisioner',
    text:
      driver === ''
        ? `Kubernetes no longer has the provisioner ${provisioner}: the class makes no volumes.`
        : `The provisioner ${provisioner} was taken out of Kubernetes; volumes are made only where the CSI driver ${driver} stands in for it.`,
    fix:
      driver === ''
        ? 'Install a CSI driver for this storage, and make a class with its name.'
        : `Make a class with provisioner ${driver}, and use it for new claims.`,
    k8sgpt: peer(look, `StorageClass ${look.name} uses deprecated provisioner '${provisioner}'`),
  };
}

/** Told once, of the class that wins: the newest, and of equally old ones the first by name. */
export function severalDefaults(look: Look): Problem | undefined {
  const defaults = defaultClasses(look) ?? [];
  const newest = defaults.toSorted((a, b) => compareText(createdAt(b), createdAt(a)))[0];
  if (defaults.length < 2 || newest === undefined || textAt(newest, 'metadata', 'name') !== look.name)
    return undefined;
  const names = defaults.map((each) => textAt(each, 'metadata', 'name')).join(', ');
  return {
    id: 'SeveralDefaultClasses',
    severity: 'low',
    fieldPath: `metadata.annotations{${mark}}`,
    text: `${defaults.length} classes are marked as the default one (${quoteText(names, 300)}); claims without a class get ${look.name}, the newest.`,
    fix: 'Take the mark off all but one of them.',
    k8sgpt: peer(
      look,
      `Multiple default StorageClasses found (${defaults.length}), which can cause confusion`,
    ),
  };
}

const mark = 'storageclass.kubernetes.io/is-default-class';

/** In the order of names; undefined where they could not be read. */
export function defaultClasses(look: Look): readonly KubeObject[] | undefined {
  return look.all('StorageClass')?.filter((each) => textAt(each, 'metadata', 'annotations', mark) === 'true');
}

function createdAt(object: KubeObject): string {
  return textAt(object, 'metadata', 'creationTimestamp');
}

function peer({ name }: Look, text: string): NonNullable<Problem['k8sgpt']> {
  return { text, kind: 'Storage/StorageClass', name };
}
