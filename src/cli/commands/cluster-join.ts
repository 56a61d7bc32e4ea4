import { resolve } from 'node:path';
import { SluiceError } from '../../api/errors.ts';
import type { JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { isHub } from '../../cluster/hub-name.ts';
import type { JoinCandidate } from '../../cluster/kubernetes/join-candidate.ts';
import type { JoinCheck } from '../../cluster/kubernetes/join-check.ts';
import type { JoinedParts, StoredCredential } from '../../cluster/kubernetes/joined-secret.ts';
import type { Cluster } from '../../cluster/port.ts';
import type { CommandContext, SessionFlags } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { withHub } from '../kube/hub.ts';

export interface ClusterJoinFlags extends SessionFlags {
  /** Of the cluster to join; absent: the hub's kubeconfig. */
  readonly kubeconfigFile?: string;
  /** Absent: the current one of `kubeconfigFile`. */
  readonly joinContext?: string;
  /** The same as `kubeconfigFile`. */
  readonly joinKubeconfig?: string;
  readonly namespaces?: string;
  readonly createAccount?: boolean;
  /** False: runs act with the credential's own rights. */
  readonly impersonate: boolean;
  readonly yes?: boolean;
}

/** The account that effects are carried out as, unless a run names another. */
const usualAccount = 'sluice-runner';

/** Stores how to reach a cluster in a Secret of the hub, after asking the cluster whether that works. */
export async function clusterJoin(
  name: string,
  flags: ClusterJoinFlags,
  context: CommandContext,
): Promise<number> {
  const { io } = context;
  const namespaces = checkUse(name, flags);
  return withHub(context, flags, async (hub) => {
    const { joinedSecret } = await import('../../cluster/kubernetes/joined-secret.ts');
    const { checkJoined } = await import('../../cluster/kubernetes/join-check.ts');
    await refuseExisting(hub.cluster, name, flags);
    const { readJoinCandidate } = await import('../../cluster/kubernetes/join-candidate.ts');
    const given = flags.kubeconfigFile ?? flags.joinKubeconfig;
    const file = given === undefined ? hub.kubeconfig : resolve(io.cwd, given);
    const candidate = await readJoinCandidate(file, flags.joinContext);
    const parts: JoinedParts = {
      ...candidate,
      ...(await credentialFor(candidate, file, name, namespaces, flags, context)),
      namespaces,
      impersonates: flags.impersonate,
    };
    const secret = joinedSecret(name, parts);
    const places = namespaces === '*' ? [''] : namespaces;
    const check = await checkJoined(secret as unknown as JsonObject, name, usualAccount, places);
    await warn(name, parts, check, context);
    await store(hub.cluster, secret);
    io.stdout.write(`cluster ${name} joined: ${parts.endpoint} (${check.version}), as ${check.user}\n`);
    return exitCodes.succeeded;
  });
}

function checkUse(name: string, flags: ClusterJoinFlags): '*' | readonly string[] {
  const usage = (message: string, hint: string): SluiceError =>
    new SluiceError('invalid', 'Usage', message, { hint });
  if (!/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) {
    throw usage(
      `${JSON.stringify(name)} is no name for a cluster`,
      'Names have lower-case letters, digits and "-": sluice cluster join NAME --kubeconfig-file FILE.',
    );
  }
  if (isHub(name)) throw usage('local is the name of the cluster itself', 'Choose another name.');
  const { kubeconfigFile, joinKubeconfig, joinContext } = flags;
  if (kubeconfigFile === undefined && joinKubeconfig === undefined && joinContext === undefined)
    throw usage('which cluster to join?', 'Give --kubeconfig-file FILE, --join-context NAME, or both.');
  const listed = (flags.namespaces ?? '*').split(',').flatMap((each) => each.trim() || []);
  const wrong = listed.find((each) => each !== '*' && !/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(each));
  if (wrong !== undefined || listed.length === 0)
    throw usage(`--namespaces ${flags.namespaces} are no namespaces`, 'Such as: --namespaces shop,team-a.');
  const namespaces = listed.includes('*') ? '*' : [...new Set(listed)];
  if (flags.impersonate) return namespaces;
  if (flags.namespaces === undefined) {
    throw usage(
      '--no-impersonate gives runs all rights of the credential: say which namespaces may have them',
      'Such as --namespaces shop,team-a, or --namespaces "*" for all.',
    );
  }
  if (flags.createAccount === true) {
    throw usage(
      'an account that --create-account makes can only act in the name of others',
      'Leave out --no-impersonate, or give the kubeconfig of an account with the rights.',
    );
  }
  return namespaces;
}

/** As the words of `vela cluster join`: what is there is only replaced by those who say so. */
async function refuseExisting(hub: Cluster, name: string, { yes }: ClusterJoinFlags): Promise<void> {
  const { credentialLabel, joinedNamespace } = await import('../../cluster/kubernetes/joined-secret.ts');
  const found = await hub.get({ apiVersion: 'v1', kind: 'Secret', namespace: joinedNamespace, name });
  if (found === undefined) return;
  if (found.metadata.labels?.[credentialLabel] === undefined) {
    throw new SluiceError(
      'invalid',
      'NameTaken',
      `${joinedNamespace} has a Secret ${name} that is no joined cluster's`,
      { hint: 'Choose another name.' },
    );
  }
  if (yes === true) return;
  throw new SluiceError('invalid', 'ClusterExists', `there is a cluster ${name} already`, {
    hint: 'Replace what is stored of it with --yes, or choose another name.',
  });
}

async function credentialFor(
  candidate: JoinCandidate,
  file: string | undefined,
  name: string,
  namespaces: '*' | readonly string[],
  flags: ClusterJoinFlags,
  { io }: CommandContext,
): Promise<{ readonly credential: StoredCredential; readonly ca: string | undefined }> {
  const { context, credential, ca } = candidate;
  if (flags.createAccount === true) {
    const { openKubernetesClusters } = await import('../../cluster/kubernetes/open-kubernetes-clusters.ts');
    const { makeJoiningAccount } = await import('../../controller/joining-account.ts');
    const place = file === undefined ? {} : { kubeconfig: file };
    const clusters = await openKubernetesClusters({ ...place, context, now: () => io.now() });
    try {
      const enabled = namespaces === '*' ? [] : namespaces;
      const account = await makeJoiningAccount(await clusters.get(''), enabled);
      io.stderr.write(`made a service account for it on cluster ${name}\n`);
      return {
        credential: { type: 'ServiceAccountToken', token: account.token },
        ca: ca ?? (account.ca === '' ? undefined : account.ca),
      };
    } finally {
      await clusters.close();
    }
  }
  if (!('none' in credential)) return { credential, ca };
  throw new SluiceError(
    'invalid',
    'NoCredential',
    `the credential of context ${context} cannot be stored: ${credential.none}`,
    { hint: `With --create-account a service account is made on cluster ${name}, and its token stored.` },
  );
}

/** What is no fault, and may surprise later. */
async function warn(
  name: string,
  parts: JoinedParts,
  check: JoinCheck,
  { io }: CommandContext,
): Promise<void> {
  const say = (text: string): void => io.stderr.write(`warning: ${text}\n`);
  const { credential, endpoint, impersonates, namespaces } = parts;
  const { tokenEndMs } = await import('../../cluster/kubernetes/join-candidate.ts');
  const endMs = credential.type === 'ServiceAccountToken' ? tokenEndMs(credential.token) : undefined;
  if (endMs !== undefined)
    say(`the token ends on ${new Date(endMs).toISOString()}; --create-account makes one that does not`);
  if (/^https:\/\/(?:localhost|127\.|\[::1\])/.test(endpoint))
    say(`${endpoint} is an address of this machine: a controller in a Pod does not reach the cluster there`);
  if (!impersonates)
    say(
      `runs of ${namespaces === '*' ? 'every namespace' : namespaces.join(', ')} act as ${check.user} there`,
    );
  else if (check.mayEverything)
    say(
      `${check.user} may do everything on that cluster; --create-account makes an account that may only act as others`,
    );
  for (const namespace of impersonates ? check.notIn : []) {
    const who = namespace === '' ? `${usualAccount} of every namespace` : `${namespace}/${usualAccount}`;
    say(
      `${check.user} may not act there as service account ${who}; enable a namespace on that cluster with: ` +
        `sluice install --namespace ${namespace || 'NAME'} --apply`,
    );
  }
}

async function store(hub: Cluster, secret: KubeObject): Promise<void> {
  const { joinedKeys, joinedNamespace } = await import('../../cluster/kubernetes/joined-secret.ts');
  const namespace = await hub.get({ apiVersion: 'v1', kind: 'Namespace', name: joinedNamespace });
  if (namespace === undefined)
    await hub.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: joinedNamespace } });
  const stored = await hub.apply(secret);
  // What another program stored of the cluster before must not be used beside it.
  const data = (stored as unknown as { readonly data?: object }).data ?? {};
  const wanted = (secret as unknown as { readonly data: object }).data;
  const stale = joinedKeys.filter((key) => key in data && !(key in wanted));
  if (stale.length === 0) return;
  const ref = {
    apiVersion: 'v1',
    kind: 'Secret',
    namespace: joinedNamespace,
    name: secret.metadata.name ?? '',
  };
  await hub.patch(ref, { data: Object.fromEntries(stale.map((key) => [key, null])) });
}
