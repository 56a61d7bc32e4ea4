import { SluiceError } from '../../api/errors.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { enabledNamespace } from '../../controller/install/enabled-namespace.ts';
import { runnerAccount, systemNamespace } from '../../controller/install/names.ts';
import { imageOf, wholeInstallation } from '../../controller/install/whole-installation.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { clusterPlace } from '../place.ts';
import { listObject, objectText } from '../render/object-output.ts';
import { versionText } from '../version.ts';

export interface InstallFlags {
  readonly namespace?: readonly string[];
  readonly serviceAccount?: readonly string[];
  readonly image?: string;
  readonly allowOfflineModel?: boolean;
  readonly apply?: boolean;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly stateDir?: string;
  /** Absent: YAML, and one line for each object with `--apply`. */
  readonly output?: 'yaml' | 'json';
}

/** The manifests of the controller, or what enables namespaces; printed, or applied. */
export async function install(flags: InstallFlags, context: CommandContext): Promise<number> {
  const objects = await chosenObjects(flags);
  const { stdout } = context.io;
  if (flags.apply !== true) {
    stdout.write(await textOf(objects, flags.output ?? 'yaml'));
    return exitCodes.succeeded;
  }
  const stored = await applyAll(objects, flags, context);
  if (flags.output !== undefined) stdout.write(await textOf(stored, flags.output));
  return exitCodes.succeeded;
}

async function chosenObjects(flags: InstallFlags): Promise<readonly KubeObject[]> {
  const { namespace: namespaces, serviceAccount: accounts = [runnerAccount] } = flags;
  for (const name of namespaces ?? []) check(name, '--namespace', /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/);
  for (const name of accounts) check(name, '--service-account', /^[a-z0-9](?:[-.a-z0-9]{0,251}[a-z0-9])?$/);
  if (namespaces?.includes(systemNamespace) === true) {
    throw new SluiceError(
      'invalid',
      'SystemNamespace',
      `${systemNamespace} cannot be enabled: its Secrets are the credentials of joined clusters, and runs there could read them`,
      { hint: 'Enable a namespace of your own: sluice install --namespace NAME.' },
    );
  }
  if (namespaces !== undefined) {
    refuseWithNamespace(flags);
    return namespaces.flatMap((namespace) => enabledNamespace(namespace, accounts));
  }
  const { image = imageOf(await versionText()), allowOfflineModel = false } = flags;
  return wholeInstallation({ image, allowOfflineModel, accounts });
}

/** They say something about the controller, which is then no part of the output. */
function refuseWithNamespace({ image, allowOfflineModel }: InstallFlags): void {
  const flag =
    image === undefined ? (allowOfflineModel === true ? '--allow-offline-model' : undefined) : '--image';
  if (flag === undefined) return;
  throw new SluiceError(
    'invalid',
    'Usage',
    `${flag} is about the controller, --namespace about a namespace`,
    {
      hint: 'Install first, then enable namespaces: sluice install --namespace NAME.',
    },
  );
}

function check(name: string, flag: string, pattern: RegExp): void {
  if (pattern.test(name)) return;
  throw new SluiceError('invalid', 'BadName', `${flag} ${JSON.stringify(name)} is no name in Kubernetes`, {
    hint: 'Names have lower-case letters, digits and "-".',
  });
}

async function textOf(objects: readonly KubeObject[], format: 'yaml' | 'json'): Promise<string> {
  if (format === 'json') return objectText(listObject(objects), 'json');
  const documents = await Promise.all(objects.map(async (object) => objectText(object, 'yaml')));
  return documents.join('---\n');
}

/** In their order: a namespace before what is in it. */
async function applyAll(
  objects: readonly KubeObject[],
  flags: InstallFlags,
  context: CommandContext,
): Promise<readonly KubeObject[]> {
  const { io, err } = context;
  const { openKubernetesClusters } = await import('../../cluster/kubernetes/open-kubernetes-clusters.ts');
  // Without any pointer, it is the cluster that kubectl would take.
  const place = (await clusterPlace(flags, io)) ?? {};
  const clusters = await openKubernetesClusters(place);
  try {
    const cluster = await clusters.get('');
    io.stderr.write(`${err.dim(`cluster: ${place.context ?? 'the current context of the kubeconfig'}`)}\n`);
    const stored: KubeObject[] = [];
    for (const object of objects) {
      // oxlint-disable-next-line no-await-in-loop -- one needs the other
      stored.push(await cluster.apply(object));
      if (flags.output === undefined) io.stdout.write(`applied ${titleOf(object)}\n`);
    }
    return stored;
  } finally {
    await clusters.close();
  }
}

function titleOf({ kind, metadata }: KubeObject): string {
  const { name = '', namespace } = metadata;
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
