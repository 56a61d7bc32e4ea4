import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import { fileOf } from '../session/open-test-session.ts';
import { builtIn } from './built-in.ts';
import { drive, ending } from './drive.ts';
import { runSteps, secretOf, shown } from './run-steps.ts';

const rules = (text: string): { readonly clusterFile: ReturnType<typeof fileOf> } => ({
  clusterFile: fileOf('cluster.yaml', `images: [${text}]`),
});

describe('build-push-image', () => {
  const build = (rest: JsonObject = {}): JsonObject => ({
    name: 'image',
    type: 'build-push-image',
    timeout: '20s',
    properties: { context: { git: 'github.com/example/shop.git' }, image: 'example/shop:1', ...rest },
  });
  const podOf = async (parameter: JsonObject): Promise<JsonObject> => {
    const pod = { value: { status: { phase: 'Succeeded' } } };
    const driven = await drive(await builtIn('build-push-image'), parameter, { pod });
    expect(ending(driven)).toBe('done');
    return driven.params('pod')?.['value'] as JsonObject;
  };

  test('is done when the Pod is, and gives the name', async () => {
    const ran = await runSteps(shown(build(), 'image'));
    expect(ran.steps).toEqual({ image: 'succeeded', show: 'succeeded: example/shop:1' });
  });

  test.each<readonly [string, string, string, RegExp]>([
    [
      'the build fails',
      '20s',
      'image: "oamdev/*", exitCode: 1',
      /^failed\/Action: building example\/shop:1 failed: Error/,
    ],
    [
      'kaniko cannot be had',
      '2s',
      'image: "oamdev/*", pull: false',
      /^failed\/Timeout: .*kaniko is Pending, "(ErrImagePull|ImagePullBackOff)"/,
    ],
  ])('%s', async (_name, timeout, rule, outcome) => {
    const ran = await runSteps([{ ...build(), timeout }], { options: rules(`{${rule}}`) });
    expect(ran.steps['image']).toMatch(outcome);
  });

  test('a Git repository, credentials and arguments', async () => {
    const credentials = {
      git: { name: 'git', key: 'token' },
      image: { name: 'registry', key: '.dockerconfigjson' },
    };
    const pod = await podOf({
      kanikoExecutor: 'kaniko:1',
      context: { git: 'git://github.com/example/shop.git', branch: 'main' },
      dockerfile: 'Dockerfile',
      image: 'example/shop:1',
      platform: 'linux/arm64',
      buildArgs: ['A=1', 'B=2'],
      credentials,
      verbosity: 'debug',
    });
    expect(pod['metadata']).toEqual({ name: 'release-abc-kaniko', namespace: 'default' });
    expect(pod['spec']).toEqual({
      restartPolicy: 'Never',
      containers: [
        {
          name: 'kaniko',
          image: 'kaniko:1',
          args: [
            '--dockerfile=Dockerfile',
            '--context=git://github.com/example/shop.git#refs/heads/main',
            '--destination=example/shop:1',
            '--verbosity=debug',
            '--customPlatform=linux/arm64',
            '--build-arg=A=1',
            '--build-arg=B=2',
          ],
          env: [{ name: 'GIT_TOKEN', valueFrom: { secretKeyRef: { name: 'git', key: 'token' } } }],
          volumeMounts: [{ name: 'login', mountPath: '/kaniko/.docker/' }],
        },
      ],
      volumes: [
        {
          name: 'login',
          secret: { secretName: 'registry', items: [{ key: '.dockerconfigjson', path: 'config.json' }] },
        },
      ],
    });
  });

  test('any other build context is handed on', async () => {
    const { spec } = await podOf({
      kanikoExecutor: 'kaniko:1',
      context: 's3://bucket/shop.tar.gz',
      dockerfile: './Dockerfile',
      image: 'x',
      buildArgs: [],
      verbosity: 'info',
    });
    expect(spec).toMatchObject({
      containers: [{ args: expect.arrayContaining(['--context=s3://bucket/shop.tar.gz']) as string[] }],
    });
  });
});

describe('vela-cli', () => {
  const cli = (rest: JsonObject = {}): JsonObject => ({
    name: 'cli',
    type: 'vela-cli',
    properties: { command: ['vela', 'ls'], serviceAccountName: 'runner', ...rest },
  });

  test('is done when its Job is', async () => {
    const [step, show] = shown(cli(), '"\\(job.value.status.succeeded)"');
    const ran = await runSteps([step as JsonObject, show as JsonObject]);
    expect(ran.steps).toEqual({ cli: 'succeeded', show: 'succeeded: 1' });
  });

  test('fails when its Job does', async () => {
    const job = (type: string): JsonObject => ({
      value: {
        status: {
          conditions: [{ type, status: 'True', reason: 'BackoffLimitExceeded', message: 'too often' }],
        },
      },
    });
    const driven = await drive(
      await builtIn('vela-cli'),
      {
        command: ['vela'],
        image: 'i',
        serviceAccountName: 'kubevela-vela-core',
        storage: { secret: [], hostPath: [] },
      },
      { job: job('Failed') },
    );
    expect(ending(driven)).toBe(
      'fail: failed to execute the vela command: Job vela-system/release-deploy-abc: BackoffLimitExceeded: too often',
    );
  });

  test('mounts Secrets and paths, each volume once', async () => {
    const mount = { name: 'keys', secretName: 'keys', defaultMode: 256 };
    const ran = await runSteps([
      cli({
        storage: {
          secret: [
            { ...mount, mountPath: '/a', subPath: 'a' },
            { ...mount, mountPath: '/b' },
            { name: 'one', secretName: 'one', mountPath: '/c', items: [{ key: 'k', path: 'p' }] },
          ],
          hostPath: [{ name: 'host', path: '/var/x', mountPath: '/x' }],
        },
      }),
    ]);
    expect(ran.steps).toEqual({ cli: 'succeeded' });
    const [job] = await ran.list('Job');
    expect(job).toMatchObject({
      spec: {
        template: {
          spec: {
            serviceAccountName: 'runner',
            containers: [
              {
                volumeMounts: [
                  { name: 'keys', mountPath: '/a', subPath: 'a' },
                  { name: 'keys', mountPath: '/b' },
                  { name: 'one', mountPath: '/c' },
                  { name: 'host', mountPath: '/x' },
                ],
              },
            ],
            volumes: [
              { name: 'keys', secret: { secretName: 'keys', defaultMode: 256 } },
              {
                name: 'one',
                secret: { secretName: 'one', defaultMode: 420, items: [{ key: 'k', path: 'p', mode: 511 }] },
              },
              { name: 'host', hostPath: { path: '/var/x', type: 'Directory' } },
            ],
          },
        },
      },
    });
  });
});

describe('apply-terraform-config', () => {
  const terraform = (status: JsonObject): JsonObject => ({
    value: { metadata: { generation: 1 }, status: { observedGeneration: 1, ...status } },
  });
  const parameter = { source: { hcl: 'x' }, deleteResource: true, forceDelete: false, variable: {} };

  test.each<readonly [string, JsonObject, string]>([
    ['available', { apply: { state: 'Available' } }, 'done'],
    [
      'a syntax error',
      { apply: { state: 'SyntaxError', message: 'line 1' } },
      'fail: Configuration default/release-deploy: SyntaxError: line 1',
    ],
  ])('%s', async (_name, status, end) => {
    const stepType = await builtIn('apply-terraform-config');
    expect(ending(await drive(stepType, parameter, { apply: terraform(status) }))).toBe(end);
  });

  test.each<readonly [JsonObject, JsonObject]>([
    [{ hcl: 'x' }, { hcl: 'x' }],
    [{}, { remote: 'https://github.com/kubevela-contrib/terraform-modules.git' }],
    [
      { remote: 'https://git.example', path: 'a' },
      { remote: 'https://git.example', path: 'a' },
    ],
  ])('source %j, and what else is given', async (source, spec) => {
    const properties = {
      source,
      region: 'r',
      variable: { a: 1 },
      jobEnv: { B: 'c' },
      providerRef: { name: 'aws' },
      writeConnectionSecretToRef: { name: 'out', namespace: 'x' },
    };
    const ran = await runSteps([
      { name: 'tf', type: 'apply-terraform-config', timeout: '500ms', properties },
    ]);
    expect(ran.steps['tf']).toMatch(/^failed\/Timeout: .*team\/demo-tf is not available: not started/);
    expect(await ran.read('Configuration', 'demo-tf')).toMatchObject({
      spec: {
        ...spec,
        deleteResource: true,
        forceDelete: false,
        customRegion: 'r',
        variable: { a: 1 },
        jobEnv: { B: 'c' },
        providerRef: { name: 'aws', namespace: 'team' },
        writeConnectionSecretToRef: { name: 'out', namespace: 'x' },
      },
    });
  });

  test('two sources are one too many', async () => {
    const properties = { source: { hcl: 'x', path: 'y' } };
    const ran = await runSteps([{ name: 'tf', type: 'apply-terraform-config', properties }]);
    expect(ran.steps).toEqual({ tf: 'failed/Action: source: give hcl alone, or remote and path' });
  });
});

describe('apply-terraform-provider', () => {
  const keys = { accessKey: 'AKIA-hush', secretKey: 'hush-hush' };
  const clouds: readonly (readonly [string, JsonObject, string, JsonObject])[] = [
    [
      'alibaba',
      { region: 'r', ...keys },
      'alibaba',
      { accessKeyID: 'AKIA-hush', accessKeySecret: 'hush-hush' },
    ],
    [
      'aws',
      { region: 'r', ...keys, token: 'hush-token' },
      'aws',
      { awsAccessKeyID: 'AKIA-hush', awsSecretAccessKey: 'hush-hush', awsSessionToken: 'hush-token' },
    ],
    [
      'azure',
      { clientID: 'c', clientSecret: 'hush-hush', subscriptionID: 's', tenantID: 't' },
      'azure',
      { armClientID: 'c', armClientSecret: 'hush-hush', armSubscriptionID: 's', armTenantID: 't' },
    ],
    [
      'baidu',
      { region: 'r', ...keys },
      'custom',
      { BAIDUCLOUD_ACCESS_KEY: 'AKIA-hush', BAIDUCLOUD_SECRET_KEY: 'hush-hush', BAIDUCLOUD_REGION: 'r' },
    ],
    ['ec', { apiKey: 'hush-hush' }, 'ec', { ecApiKey: 'hush-hush' }],
    [
      'gcp',
      { region: 'r', project: 'p', credentials: '{"k":"hush-hush"}' },
      'gcp',
      { gcpCredentialsJSON: '{"k":"hush-hush"}', gcpProject: 'p' },
    ],
    [
      'tencent',
      { region: 'r', secretID: 'hush-id', secretKey: 'hush-hush' },
      'custom',
      { TENCENTCLOUD_SECRET_ID: 'hush-id', TENCENTCLOUD_SECRET_KEY: 'hush-hush', TENCENTCLOUD_REGION: 'r' },
    ],
    [
      'ucloud',
      { region: 'r', projectID: 'p', publicKey: 'hush-public', privateKey: 'hush-hush' },
      'ucloud',
      { publicKey: 'hush-public', privateKey: 'hush-hush', projectID: 'p', region: 'r' },
    ],
  ];

  test.each(clouds)('%s', async (type, properties, provider, credentials) => {
    const step = {
      name: 'cloud',
      type: 'apply-terraform-provider',
      timeout: '500ms',
      properties: { type, ...properties },
    };
    const ran = await runSteps([step]);
    expect(ran.steps['cloud']).toMatch(/^failed\/Timeout: .*is not ready: not seen by its controller yet/);
    expect(await ran.read('Provider', `${type}-provider`)).toMatchObject({
      spec: {
        provider,
        credentials: {
          source: 'Secret',
          secretRef: { name: 'demo-cloud', namespace: 'team', key: 'credentials' },
        },
      },
    });
    const secret = (await ran.read('Secret', 'demo-cloud')) as unknown as { data: { credentials: string } };
    expect(JSON.parse(Buffer.from(secret.data.credentials, 'base64').toString())).toEqual(credentials);
    expect(ran.shown).not.toContain('hush');
  });

  test('is done when the Provider is ready', async () => {
    const driven = await drive(
      await builtIn('apply-terraform-provider'),
      { type: 'ec', apiKey: 'k', name: 'mine' },
      { secret: { value: {} }, apply: { value: { status: { state: 'ready' } } } },
    );
    expect(ending(driven)).toBe('done');
    expect(driven.params('apply')).toMatchObject({ value: { metadata: { name: 'mine' } } });
  });

  test('names the parameter that a cloud needs', async () => {
    const properties = { type: 'aws', region: 'r', accessKey: 'a' };
    const ran = await runSteps([{ name: 'cloud', type: 'apply-terraform-provider', properties }]);
    expect(ran.steps['cloud']).toMatch(/^failed\/.*secretKey/);
  });
});

test('configs: made, read, listed, deleted', async () => {
  const name = 'shop';
  const template = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'config-template-tier', namespace: 'vela-system' },
    data: {},
  };
  const ran = await runSteps(
    [
      { name: 'make', type: 'create-config', properties: { name, config: { tier: 'hush-gold' } } },
      ...shown({ name: 'read', type: 'read-config', properties: { name } }, 'output.$returns.config.tier'),
      { name: 'list', type: 'list-config', properties: { template: 'tier' } },
      { name: 'drop', type: 'delete-config', properties: { name } },
      { name: 'again', type: 'read-config', properties: { name } },
    ],
    { objects: [template, secretOf('plain', { a: 'b' })] },
  );
  expect(ran.steps).toMatchObject({
    make: 'succeeded',
    read: 'succeeded',
    show: 'succeeded: ***',
    list: 'succeeded',
    drop: 'succeeded',
    again: expect.stringMatching(/^failed\/.*team\/shop/) as string,
  });
  expect(ran.shown).not.toContain('hush-gold');
  expect(await ran.read('Secret', name)).toBeUndefined();
});
