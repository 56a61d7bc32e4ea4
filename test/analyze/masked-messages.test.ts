import { expect, test } from 'vitest';
import { maskSecrets } from '../../src/analyze/secrets/mask-secrets.ts';

/** What kubelets, runtimes, registries, API servers and databases say most often speaks of secrets, and holds none. */
const readable = [
  'Failed to pull image "registry.acme.com/shop/web:1.2": failed to pull and unpack image "registry.acme.com/shop/web:1.2": failed to resolve reference "registry.acme.com/shop/web:1.2": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
  "Error response from daemon: pull access denied for x, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
  'unauthorized: authentication required, visit https://aka.ms/acr/authorization for more information',
  'failed to fetch anonymous token: unexpected status from GET request to https://auth.docker.io/token?scope=repository%3Alibrary%2Fx%3Apull&service=registry.docker.io: 401 Unauthorized',
  'MountVolume.SetUp failed for volume "kube-api-access-abcde" : object "shop"/"kube-root-ca.crt" not registered',
  'MountVolume.SetUp failed for volume "secret" : secret "db-password" not found',
  'MountVolume.SetUp failed for volume "creds" : references non-existent secret key: password',
  "Error: couldn't find key password in Secret shop/db",
  'Error: secret "api-token" not found',
  'Error: configmap "settings" not found',
  "couldn't find key token: in ConfigMap shop/settings",
  'Readiness probe failed: HTTP probe failed with statuscode: 503',
  'Liveness probe failed: Get "http://10.0.0.5:8080/healthz": dial tcp 10.0.0.5:8080: connect: connection refused',
  'Startup probe failed: command "pg_isready -U app" timed out',
  'exceeded quota: compute, requested: pods=1,requests.cpu=100m, used: pods=10, limited: pods=10',
  'pods "web-5f7d8c9b6-" is forbidden: error looking up service account shop/app: serviceaccount "app" not found',
  'pods "web" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false)',
  'admission webhook "validate.kyverno.svc-fail" denied the request: resource Pod/shop/web was blocked due to the following policies require-labels: check: \'validation error: label app is required\'',
  'Internal error occurred: failed calling webhook "x.acme.io": failed to call webhook: Post "https://x.shop.svc:443/validate?timeout=10s": tls: failed to verify certificate: x509: certificate signed by unknown authority',
  'secrets is forbidden: User "system:serviceaccount:shop:app" cannot list resource "secrets" in API group "" in the namespace "shop"',
  'the server has asked for the client to provide credentials',
  'Unauthorized: token has expired',
  'invalid bearer token',
  'FailedCreatePodSandBox: rpc error: code = Unknown desc = failed to setup network for sandbox "8f3b2c1d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9": plugin type="calico" failed (add): error getting ClusterInformation: connection is unauthorized: Unauthorized',
  '0/3 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 Insufficient memory. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.',
  'FATAL: password authentication failed for user "app"',
  "Access denied for user 'app'@'10.0.0.1' (using password: YES)",
  'WRONGPASS invalid username-password pair or user is disabled.',
  'NOAUTH Authentication required.',
  'Error: JWT_SECRET: must be set',
  'missing required environment variable: API_KEY',
  'authentication failed: token: expired at 2026-01-01',
  'Authorization: header is missing',
  'error: authorization header: missing',
  'x509: certificate has expired or is not yet valid: current time 2026-11-21T18:30:00Z is after 2026-11-20T00:00:00Z',
  'no basic auth credentials',
  'error parsing HTTP 403 response body: unexpected end of JSON input: ""',
  'toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit',
  'no match for platform in manifest: not found',
  'Back-off pulling image "registry.acme.com/shop/web@sha256:8f3b2c1d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9"',
  'failed to provision volume with StorageClass "gp3": rpc error: code = Internal desc = Could not create volume: UnauthorizedOperation: You are not authorized. Encoded authorization failure message:',
  'Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[data kube-api-access-abcde]: timed out waiting for the condition',
  'network: cookie: invalid session',
  'key: not found',
  'Get "https://10.96.0.1:443/api/v1/namespaces/shop/secrets/db": dial tcp: i/o timeout',
  'failed to sync secret cache: timed out waiting for the condition',
  'spec.template.spec.containers[0].env[0].valueFrom.secretKeyRef.name: Required value',
  'auth: invalid credentials: password: wrong',
  'pq: password authentication failed for user "app"',
  'level=error msg="cannot login" reason="bad credentials: token is malformed"',
  'OOMKilled: memory cgroup out of memory: Killed process 1234 (java) total-vm:1048576kB',
];

test.each(readable)('stays as it is: %s', (message) => {
  expect(maskSecrets(message)).toBe(message);
});

test.each([
  ['may require authorization: Basic dXNlcjpodW50ZXIyMg==', 'may require authorization: ***'],
  ['sent authorization: hunter2', 'sent authorization: ***'],
  ['sent Authorization: Bearer abcdef123456 in vain', 'sent Authorization: ***'],
  ['sent Cookie: theme=dark; session=hunter2', 'sent Cookie: ***'],
  ['got token: hunter2 of app', 'got token: *** of app'],
  ['got password: correct of app', 'got password: *** of app'],
  ['password: is it', 'password: ***'],
  ['run PASSWORD=required now', 'run PASSWORD=*** now'],
])('is masked: %s', (message, masked) => {
  expect(maskSecrets(message)).toBe(masked);
});
