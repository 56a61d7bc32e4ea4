import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { configMap, deployment, openMemory, webRef } from './fixtures.ts';

function of(apiVersion: string, kind: string, rest: JsonObject = {}, name: string = 'x'): KubeObject {
  return { apiVersion, kind, metadata: { name, namespace: 'default' }, ...rest };
}

const container = { name: 'a', image: 'nginx' };

/** What an API server says; where the same text comes from a real one, users find it on the web. */
const refused: readonly (readonly [KubeObject, string])[] = [
  [
    of('apps/v1', 'Deployment'),
    'Deployment.apps "x" is invalid: [spec.selector: Required value, spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`, spec.template.spec.containers: Required value]',
  ],
  [
    deployment({ spec: { selector: {} } }),
    'Deployment.apps "web" is invalid: spec.selector: Invalid value: {}: empty selector is invalid for deployment',
  ],
  [
    deployment({ spec: { selector: { matchLabels: { app: 'other' } } } }),
    'Deployment.apps "web" is invalid: spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
  ],
  [
    deployment({ podSpec: { restartPolicy: 'Never' } }),
    'Deployment.apps "web" is invalid: spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
  ],
  [
    deployment({ podSpec: { containers: [container, container] } }),
    'failed to create typed patch object (default/web; apps/v1, Kind=Deployment): .spec.template.spec.containers: duplicate entries for key [name="a"]',
  ],
  [
    deployment({ podSpec: { containers: [{ name: 'A', image: '' }] } }),
    `Deployment.apps "web" is invalid: [spec.template.spec.containers[0].name: Invalid value: "A": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?'), spec.template.spec.containers[0].image: Required value]`,
  ],
  [
    deployment({ container: { imagePullPolicy: 'always' } }),
    'Deployment.apps "web" is invalid: spec.template.spec.containers[0].imagePullPolicy: Unsupported value: "always": supported values: "Always", "IfNotPresent", "Never"',
  ],
  [
    deployment({ container: { ports: [{ containerPort: 70000 }] } }),
    'Deployment.apps "web" is invalid: spec.template.spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
  ],
  [
    deployment({ container: { volumeMounts: [{ name: 'data', mountPath: '/data' }] } }),
    'Deployment.apps "web" is invalid: spec.template.spec.containers[0].volumeMounts[0].name: Not found: "data"',
  ],
  [
    deployment({ container: { resources: { requests: { cpu: '2' }, limits: { cpu: '500m' } } } }),
    'Deployment.apps "web" is invalid: spec.template.spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 500m',
  ],
  [
    deployment({ spec: { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: '0%' } } } }),
    'Deployment.apps "web" is invalid: spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "0%": may not be 0 when `maxSurge` is 0',
  ],
  [
    of('batch/v1', 'Job', { spec: { template: { spec: { containers: [container] } } } }),
    'Job.batch "x" is invalid: spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
  ],
  [of('v1', 'Service', { spec: {} }), 'Service "x" is invalid: spec.ports: Required value'],
  [
    of('v1', 'Service', { spec: { ports: [{ port: 80 }] } }, '1x'),
    `Service "1x" is invalid: metadata.name: Invalid value: "1x": a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')`,
  ],
  [
    configMap('a', {}, { labels: { app: 'not ok' } }),
    `ConfigMap "a" is invalid: metadata.labels: Invalid value: "not ok": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
  ],
  [
    configMap('', {}),
    'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
  ],
  [
    configMap('a'.repeat(300), {}),
    `ConfigMap "${'a'.repeat(300)}" is invalid: metadata.name: Invalid value: "${'a'.repeat(300)}": must be no more than 253 characters`,
  ],
  [
    configMap('a', { port: 80 }),
    'failed to create typed patch object (default/a; /v1, Kind=ConfigMap): .data.port: expected string, got number',
  ],
  [
    deployment({ container: { env: [{ name: 'PORT', value: 80 }] } }),
    'failed to create typed patch object (default/web; apps/v1, Kind=Deployment): .spec.template.spec.containers[name="main"].env[name="PORT"].value: expected string, got number',
  ],
  [
    deployment({ spec: { replicas: '3' } }),
    'failed to create typed patch object (default/web; apps/v1, Kind=Deployment): .spec.replicas: expected numeric (int or float), got string',
  ],
  [
    deployment({ container: { resources: { limits: { memory: '1 GB' } } } }),
    `failed to create typed patch object (default/web; apps/v1, Kind=Deployment): .spec.template.spec.containers[name="main"].resources.limits.memory: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`,
  ],
  [
    deployment({ container: { env: [{ name: 'A' }, { name: 'A' }] } }),
    'failed to create typed patch object (default/web; apps/v1, Kind=Deployment): .spec.template.spec.containers[name="main"].env: duplicate entries for key [name="A"]',
  ],
  [
    deployment({ container: { ports: [{ containerPort: 80 }, { containerPort: 80, protocol: 'TCP' }] } }),
    'failed to create typed patch object (default/web; apps/v1, Kind=Deployment): .spec.template.spec.containers[name="main"].ports: duplicate entries for key [containerPort=80,protocol="TCP"]',
  ],
  [
    of('v1', 'Secret', { type: 'kubernetes.io/tls' }),
    'Secret "x" is invalid: [data[tls.crt]: Required value, data[tls.key]: Required value]',
  ],
  [
    of('v1', 'Secret', { data: { key: 'not base64!' } }),
    'failed to create typed patch object (default/x; /v1, Kind=Secret): .data.key: illegal base64 data',
  ],
  [
    of('extensions/v1beta1', 'Deployment'),
    'no matches for kind "Deployment" in version "extensions/v1beta1"',
  ],
];

test.each(refused.map(([object, message]) => [message.slice(0, 150), object, message] as const))(
  '%s',
  async (_title, object, message) => {
    const { cluster, clusters } = await openMemory();
    await expect(cluster.apply(object)).rejects.toMatchObject({ kind: 'terminal', message });
    expect(await clusters.names()).toEqual([]);
  },
);

test.each<readonly [string, KubeObject, KubeObject, RegExp]>([
  [
    'a selector',
    deployment({ spec: { selector: { matchLabels: { app: 'web' } } } }),
    deployment({
      spec: {
        selector: { matchLabels: { app: 'web', more: 'yes' } },
        template: { metadata: { labels: { app: 'web', more: 'yes' } }, spec: { containers: [container] } },
      },
    }),
    /spec\.selector: Invalid value: .*: field is immutable/,
  ],
  [
    'an immutable ConfigMap',
    { ...configMap('a', { x: '1' }), immutable: true },
    { ...configMap('a', { x: '2' }), immutable: true },
    /ConfigMap "a" is invalid: data: Forbidden: field is immutable when `immutable` is set/,
  ],
  [
    'the type of a Secret',
    of('v1', 'Secret', { type: 'Opaque' }),
    of('v1', 'Secret', { type: 'example.com/other' }),
    /Secret "x" is invalid: type: Invalid value: "example\.com\/other": field is immutable/,
  ],
  [
    'the containers of a Pod',
    of('v1', 'Pod', { spec: { containers: [container] } }),
    of('v1', 'Pod', { spec: { containers: [container, { name: 'b', image: 'nginx' }] } }),
    /Pod "x" is invalid: spec\.containers: Forbidden: pod updates may not add or remove containers/,
  ],
  [
    'the template of a Job',
    of('batch/v1', 'Job', {
      spec: { template: { spec: { restartPolicy: 'Never', containers: [container] } } },
    }),
    of('batch/v1', 'Job', {
      spec: {
        template: { spec: { restartPolicy: 'Never', containers: [{ ...container, image: 'redis' }] } },
      },
    }),
    /Job\.batch "x" is invalid: spec\.template: Invalid value: .*field is immutable/,
  ],
])('%s cannot be changed', async (_what, before, after, says) => {
  const { cluster } = await openMemory();
  const stored = await cluster.apply(before);
  await expect(cluster.apply(after)).rejects.toMatchObject({
    code: 'Invalid',
    message: expect.stringMatching(says) as string,
  });
  const { apiVersion, kind } = before;
  expect(
    await cluster.get({ apiVersion, kind, namespace: 'default', name: stored.metadata.name ?? '' }),
  ).toEqual(stored);
});

test('a patch for another version of the object is refused', async () => {
  const { cluster } = await openMemory();
  const { metadata } = await cluster.apply(deployment());
  const patch = { metadata: { resourceVersion: metadata.resourceVersion ?? '', labels: { a: 'b' } } };
  await cluster.patch(webRef, patch);
  await expect(cluster.patch(webRef, patch)).rejects.toMatchObject({ kind: 'terminal', code: 'Conflict' });
});

test('a selector that cannot be read is refused', async () => {
  const { cluster } = await openMemory();
  await expect(cluster.list({ apiVersion: 'v1', kind: 'Pod', labelSelector: 'a=b=c' })).rejects.toMatchObject(
    { kind: 'invalid' },
  );
});

test('an object larger than an API server takes is refused', async () => {
  const { cluster } = await openMemory();
  await expect(cluster.apply(configMap('a', { x: 'y'.repeat(4 * 1024 * 1024) }))).rejects.toMatchObject({
    kind: 'terminal',
    code: 'RequestEntityTooLarge',
  });
  expect(await cluster.list({ apiVersion: 'v1', kind: 'ConfigMap' })).toEqual([]);
});
