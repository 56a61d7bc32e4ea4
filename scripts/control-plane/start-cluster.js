// One cluster: a kube-apiserver and, if wanted, a kube-controller-manager. Nothing of it is reachable from
// elsewhere: everything listens on 127.0.0.1, and every token is made for this run.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { auditLogIn, auditFlags } from './audit-log.js';
import { startProgram } from './child-program.js';
import { freePorts } from './free-ports.js';
import { kubeconfigOf, writeKubeconfig } from './kubeconfig.js';

/** Those that the tests need; the rest only costs time. */
const controllers = [
  'deployment-controller',
  'replicaset-controller',
  'statefulset-controller',
  'daemonset-controller',
  'job-controller',
  'endpointslice-controller',
  'garbage-collector-controller',
  'namespace-controller',
  'serviceaccount-controller',
  'serviceaccount-token-controller',
  'root-ca-certificate-publisher-controller',
];

/**
 * `{ name, server, ca, tokens: { admin, nobody }, auditLog?, stop }`: `admin` may do everything, `nobody` nothing. With
 * `hasAudit` the API server writes down who wrote what.
 */
export async function startCluster(options) {
  const { name, hasControllers, hasAudit = false, etcdUrl, programs, directory: parent, signal } = options;
  const directory = join(parent, name);
  await mkdir(directory, { mode: 0o700 });
  const tokens = { admin: randomBytes(24).toString('hex'), nobody: randomBytes(24).toString('hex') };
  const [port] = await freePorts(1);
  const place = { name, directory, programs, tokens, server: `https://127.0.0.1:${port}`, signal };
  const apiServer = await startApiServer({ ...place, etcdUrl, port, hasAudit });
  const cluster = {
    name,
    server: place.server,
    ca: await readFile(certificateIn(directory)),
    tokens,
    ...(hasAudit ? { auditLog: auditLogIn(directory) } : {}),
  };
  if (!hasControllers) return { ...cluster, stop: () => apiServer.stop() };
  try {
    const manager = await startControllerManager(place, cluster);
    return { ...cluster, stop: () => Promise.all([manager.stop(), apiServer.stop()]) };
  } catch (error) {
    await apiServer.stop();
    throw error;
  }
}

async function startApiServer(place) {
  const { name, directory, programs, tokens, server, signal, etcdUrl, port, hasAudit } = place;
  const tokenFile = join(directory, 'tokens.csv');
  const keyFile = serviceAccountKeyIn(directory);
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await writeFile(tokenFile, `${tokens.admin},admin,admin,system:masters\n${tokens.nobody},nobody,nobody\n`, {
    mode: 0o600,
  });
  await writeFile(keyFile, privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
  return startProgram({
    name: `kube-apiserver of ${name}`,
    path: join(programs.directory, 'kube-apiserver'),
    args: [
      `--etcd-servers=${etcdUrl}`,
      `--etcd-prefix=/${name}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      `--secure-port=${port}`,
      // It makes its certificate itself, and puts the authority behind it into the same file.
      `--cert-dir=${directory}`,
      `--token-auth-file=${tokenFile}`,
      '--authorization-mode=RBAC',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${keyFile}`,
      `--service-account-signing-key-file=${keyFile}`,
      '--service-cluster-ip-range=10.0.0.0/24',
      // An endpoint on a loopback address is refused; nobody looks for one here.
      '--endpoint-reconciler-type=none',
      ...(hasAudit ? await auditFlags(directory) : []),
    ],
    logFile: join(directory, 'kube-apiserver.log'),
    isReady: () => isOk(`${server}/readyz`, directory, tokens.admin),
    signal,
  });
}

async function startControllerManager({ name, directory, programs, tokens, server, signal }, cluster) {
  const kubeconfig = join(directory, 'kube-controller-manager.json');
  await writeKubeconfig(kubeconfig, kubeconfigOf([cluster]));
  return startProgram({
    name: `kube-controller-manager of ${name}`,
    path: join(programs.directory, 'kube-controller-manager'),
    args: [
      `--kubeconfig=${kubeconfig}`,
      `--controllers=${controllers.join(',')}`,
      `--service-account-private-key-file=${serviceAccountKeyIn(directory)}`,
      `--root-ca-file=${certificateIn(directory)}`,
      '--leader-elect=false',
      '--secure-port=0',
    ],
    logFile: join(directory, 'kube-controller-manager.log'),
    // Without this account no Pod is admitted to the namespace.
    isReady: () =>
      isOk(`${server}/api/v1/namespaces/default/serviceaccounts/default`, directory, tokens.admin),
    signal,
  });
}

const certificateIn = (directory) => join(directory, 'apiserver.crt');
const serviceAccountKeyIn = (directory) => join(directory, 'service-account.key');

async function isOk(url, directory, token) {
  const ca = await readFile(certificateIn(directory));
  return new Promise((resolve, reject) => {
    request(url, { ca, headers: { authorization: `Bearer ${token}` }, timeout: 5000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    })
      .on('error', reject)
      .on('timeout', () => reject(new Error('timeout')))
      .end();
  });
}
