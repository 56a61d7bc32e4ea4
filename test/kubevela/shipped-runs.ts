import { expect } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import type { Ended, Servers, WorldRun } from './world.ts';

/** A run of one shipped definition. Its step is called `it`; every step must succeed unless `steps` says otherwise. */
export interface ShippedRun {
  readonly type: string;
  readonly name: string;
  readonly run: (servers: Servers) => WorldRun;
  readonly phase?: string;
  /** Further things that must be so. */
  readonly check?: (ended: Ended, servers: Servers) => void | Promise<void>;
}

function it(type: string, properties: JsonObject = {}, rest: JsonObject = {}): JsonObject {
  return { name: 'it', type, properties, ...rest };
}

/** One step, and what must be so afterwards. */
function one(
  type: string,
  properties: JsonObject | ((servers: Servers) => JsonObject),
  rest: Partial<Omit<ShippedRun, 'run' | 'type'>> & { readonly objects?: readonly JsonObject[] } = {},
): ShippedRun {
  const { objects = [], name = 'it runs', ...checks } = rest;
  const of = (servers: Servers) => (typeof properties === 'function' ? properties(servers) : properties);
  return { type, name, run: (servers) => ({ steps: [it(type, of(servers))], objects }), ...checks };
}

/** Beside it, a step that writes the status of an object once it is there. */
function settled(
  type: string,
  properties: JsonObject,
  object: JsonObject,
  status: JsonObject,
  objects: readonly JsonObject[] = [],
): ShippedRun {
  const settle = { name: 'settle', type: 'settle', properties: { object, status } };
  return {
    type,
    name: 'it waits for the object’s status',
    run: () => ({ mode: 'DAG', steps: [it(type, properties), settle], objects }),
  };
}

const configMap = (name: string, data: JsonObject, namespace = 'team'): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data,
});
const secret = (name: string, data: Readonly<Record<string, string>>): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: 'team' },
  data: Object.fromEntries(
    Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')]),
  ),
});
const application = (name: string): JsonObject => ({
  apiVersion: 'core.oam.dev/v1beta1',
  kind: 'Application',
  metadata: { name, namespace: 'team' },
});
const running = { status: 'running', observedGeneration: 1 };
const job = (name: string, image: string): JsonObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name, namespace: 'team', labels: { 'workflow.oam.dev/name': 'demo' } },
  spec: {
    template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image }] } },
  },
});
const terraformProvider: JsonObject = {
  apiVersion: 'terraform.core.oam.dev/v1beta1',
  kind: 'Provider',
  metadata: { name: 'aws', namespace: 'team' },
};
/** As an addon would bring it. */
const terraformTemplate = `
metadata: name: "terraform-aws"
template: {
	parameter: {name: string, AWS_ACCESS_KEY_ID: string, AWS_SECRET_ACCESS_KEY: string, ...}
	outputs: provider: {
		apiVersion: "terraform.core.oam.dev/v1beta1"
		kind:       "Provider"
		metadata: {name: parameter.name, namespace: context.namespace}
		spec: region: parameter.AWS_DEFAULT_REGION
	}
}
`;
const config = secret('db', { 'input-properties': '{"host":"db.example"}' });
const labelledConfig: JsonObject = {
  ...config,
  metadata: {
    name: 'db',
    namespace: 'team',
    labels: { 'config.oam.dev/catalog': 'velacore-config', 'config.oam.dev/type': 'mysql' },
  },
};

/** Its first output as the message of a step after it. */
function told(
  type: string,
  properties: JsonObject,
  valueFrom: string,
  objects: readonly JsonObject[],
  message: string,
): ShippedRun {
  const show = {
    name: 'show',
    type: 'print-message-in-status',
    inputs: [{ from: 'told', parameterKey: 'message' }],
    properties: {},
  };
  return {
    type,
    name: `${valueFrom} is an output`,
    run: () => ({ steps: [it(type, properties, { outputs: [{ name: 'told', valueFrom }] }), show], objects }),
    check: ({ messages }) => expect(messages['show']).toBe(message),
  };
}

function hook(type: string, channel: string, message: JsonObject, sent: string): readonly ShippedRun[] {
  const check = (_ended: Ended, { requests }: Servers): void =>
    expect(requests).toEqual([`POST /hook ${sent}`]);
  return [
    one(type, ({ http }) => ({ [channel]: { url: { value: `${http}/hook` }, message } }), {
      name: `${channel} by value`,
      check,
    }),
    {
      type,
      name: `${channel} by Secret`,
      run: ({ http }) => ({
        steps: [it(type, { [channel]: { url: { secretRef: { name: 'hook', key: 'url' } }, message } })],
        objects: [secret('hook', { url: `${http}/hook` })],
      }),
      check,
    },
  ];
}

function email(password: JsonObject): (servers: Servers) => WorldRun {
  return ({ smtp }) => ({
    steps: [
      it('notification', {
        email: {
          from: { address: 'bot@example.com', host: '127.0.0.1', port: smtp.port, password },
          to: ['a@example.com'],
          content: { subject: 'Done', body: 'All is well.' },
        },
      }),
    ],
    objects: [secret('mail', { password: 'hunter2' })],
  });
}

function mailed({ shown }: Ended, { smtp }: Servers): void {
  expect(smtp.messages).toHaveLength(1);
  expect(shown).not.toContain('hunter2');
}

function chat(prompt: JsonObject, expected: RegExp): ShippedRun {
  return one(
    'chat-gpt',
    { token: { value: 'sk-of-the-step' }, prompt },
    {
      name: `it asks (${JSON.stringify(prompt['type'] ?? 'custom')})`,
      check: ({ shown }, { requests }) => {
        expect(requests).toHaveLength(1);
        expect(requests[0]).toMatch(expected);
        expect(shown).not.toContain('sk-of-the-step');
      },
    },
  );
}

export const shippedRuns: readonly ShippedRun[] = [
  one('addon-operation', { addonName: 'fluxcd', image: 'oamdev/vela-cli:v1', args: ['-y'] }),
  settled(
    'apply-app',
    { data: { ...application('web'), spec: { components: [] } } },
    application('web'),
    running,
  ),
  settled('apply-app', { ref: { name: 'web' } }, application('web'), running, [
    configMap('web', { application: JSON.stringify({ ...application('web'), spec: { components: [] } }) }),
  ]),
  one('apply-deployment', { image: 'nginx', replicas: 2 }),
  told('apply-deployment', { image: 'nginx' }, 'output.value.metadata.name', [], 'it'),
  one('apply-job', {
    value: {
      ...job('once', 'once/ok:1'),
      spec: { ...(job('once', 'once/ok:1')['spec'] as JsonObject), completions: 1 },
    },
  }),
  one(
    'apply-object',
    { value: configMap('made', { a: '1' }) },
    {
      check: async ({ read }) =>
        expect(await read('v1', 'ConfigMap', 'made')).toMatchObject({ data: { a: '1' } }),
    },
  ),
  settled(
    'apply-terraform-config',
    { source: { hcl: 'resource {}' }, variable: { a: 'b' } },
    {
      apiVersion: 'terraform.core.oam.dev/v1beta2',
      kind: 'Configuration',
      metadata: { name: 'demo-it', namespace: 'team' },
    },
    { apply: { state: 'Available' } },
  ),
  settled(
    'apply-terraform-provider',
    { type: 'aws', name: 'aws', accessKey: 'AKIA', secretKey: 'hunter2', region: 'eu-1', token: '' },
    terraformProvider,
    { state: 'ready' },
    [configMap('config-template-terraform-aws', { template: terraformTemplate }, 'vela-system')],
  ),
  one('build-push-image', {
    context: { git: 'github.com/a/b' },
    image: 'r.example/a:1',
    kanikoExecutor: 'once/kaniko:1',
  }),
  one(
    'build-push-image',
    { context: 'dir:///src', image: 'r.example/a:1', kanikoExecutor: 'once/kaniko:1', buildArgs: ['A=1'] },
    { name: 'with a context of its own' },
  ),
  chat({ content: 'Is it well?' }, /^POST \/v1\/chat\/completions .*Is it well\?/),
  chat({ type: 'diagnose', content: { kind: 'Deployment' } }, /Deployment/),
  chat({ type: 'quality-gate', content: { kind: 'Deployment' } }, /score/),
  one('check-metrics', ({ prometheus }) => ({
    query: 'up',
    metricEndpoint: prometheus,
    condition: '>=1',
    duration: '1s',
  })),
  one(
    'check-metrics',
    ({ prometheus }) => ({ query: 'up', metricEndpoint: prometheus, condition: '>1', failDuration: '1s' }),
    {
      name: 'it fails when the condition does not hold',
      phase: 'failed',
      check: ({ steps }) => expect(steps['it']).toMatch(/^failed\/Action: the value 1 does not meet >1/),
    },
  ),
  one(
    'clean-jobs',
    {},
    {
      objects: [
        job('old', 'nginx'),
        {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'old', namespace: 'team', labels: { 'workflow.oam.dev/name': 'demo' } },
          spec: { containers: [{ name: 'a', image: 'nginx' }] },
        },
      ],
      check: async ({ read }) => {
        expect(await read('batch/v1', 'Job', 'old')).toBeUndefined();
        expect(await read('v1', 'Pod', 'old')).toBeUndefined();
      },
    },
  ),
  told(
    'collect-service-endpoints',
    { port: 80 },
    'value.url',
    [
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web', namespace: 'team', labels: { 'workflowrun.oam.dev/name': 'demo' } },
        spec: {
          selector: { app: 'web' },
          ports: [
            { name: 'http', port: 80 },
            { name: 'admin', port: 81 },
          ],
        },
      },
    ],
    'http://web.team:80',
  ),
  one(
    'create-config',
    { name: 'db', config: { password: 'hunter2' } },
    {
      check: async ({ read, shown }) => {
        expect(await read('v1', 'Secret', 'db')).toMatchObject({
          metadata: { labels: { 'config.oam.dev/catalog': 'velacore-config' } },
        });
        expect(shown).not.toContain('hunter2');
      },
    },
  ),
  one(
    'delete-config',
    { name: 'db' },
    {
      objects: [labelledConfig],
      check: async ({ read }) => expect(await read('v1', 'Secret', 'db')).toBeUndefined(),
    },
  ),
  {
    type: 'depends-on-app',
    name: 'an Application that is there',
    run: () => ({
      mode: 'DAG',
      objects: [application('web')],
      steps: [
        it('depends-on-app', { name: 'web', namespace: 'team' }),
        { name: 'settle', type: 'settle', properties: { object: application('web'), status: running } },
      ],
    }),
  },
  settled('depends-on-app', { name: 'web', namespace: 'team' }, application('web'), running, [
    configMap('web', { application: JSON.stringify({ ...application('web'), spec: { components: [] } }) }),
  ]),
  one(
    'export-data',
    { name: 'made', data: { a: '1' } },
    {
      check: async ({ read }) =>
        expect(await read('v1', 'ConfigMap', 'made')).toMatchObject({ data: { a: '1' } }),
    },
  ),
  one(
    'export-data',
    { data: {}, topology: 'east' },
    {
      name: 'a policy is nowhere to be found',
      phase: 'failed',
      check: ({ steps }) => expect(steps['it']).toContain('there is no topology policy "east"'),
    },
  ),
  one(
    'export-service',
    { name: 'made', ip: '10.0.0.1', port: 80, targetPort: 8080 },
    { check: async ({ read }) => expect(await read('v1', 'Service', 'made')).toBeDefined() },
  ),
  one(
    'export2config',
    { configName: 'made', data: { a: '1' } },
    {
      check: async ({ read }) =>
        expect(await read('v1', 'ConfigMap', 'made')).toMatchObject({ data: { a: '1' } }),
    },
  ),
  one(
    'export2secret',
    { secretName: 'made', data: { a: 'hunter2' } },
    { check: ({ shown }) => expect(shown).not.toContain('aHVudGVyMg') },
  ),
  one(
    'export2secret',
    { secretName: 'made', kind: 'docker-registry', dockerRegistry: { username: 'u', password: 'hunter2' } },
    { name: 'for a registry' },
  ),
  told(
    'generate-jdbc-connection',
    { name: 'rds', namespace: 'team' },
    'env[0].name',
    [
      secret('rds', {
        DB_HOST: 'db',
        DB_PORT: '3306',
        DB_NAME: 'x',
        DB_USER: 'root',
        DB_PASSWORD: 'hunter2',
      }),
    ],
    'url',
  ),
  told('list-config', { template: 'mysql' }, 'output.$returns.configs[0].name', [labelledConfig], 'db'),
  ...hook('notification', 'slack', { text: 'hi' }, '{"text":"hi"}'),
  ...hook('notification', 'lark', { msg_type: 'text', content: 'hi' }, '{"msg_type":"text","content":"hi"}'),
  ...hook(
    'notification',
    'dingding',
    { text: { content: 'hi' } },
    '{"text":{"content":"hi"},"msgtype":"text"}',
  ),
  { type: 'notification', name: 'e-mail by value', run: email({ value: 'hunter2' }), check: mailed },
  {
    type: 'notification',
    name: 'e-mail by Secret',
    run: email({ secretRef: { name: 'mail', key: 'password' } }),
    check: mailed,
  },
  one(
    'print-message-in-status',
    { message: 'hello' },
    { check: ({ messages }) => expect(messages['it']).toBe('hello') },
  ),
  one('read-app', { name: 'web' }, { objects: [application('web')] }),
  one(
    'read-app',
    { name: 'web' },
    {
      name: 'it says that there is none',
      check: ({ messages }) => expect(messages['it']).toBe('Application not found'),
    },
  ),
  told('read-config', { name: 'db' }, 'output.$returns.config.host', [labelledConfig], '***'),
  told(
    'read-object',
    { apiVersion: 'v1', kind: 'ConfigMap', name: 'made', namespace: 'team' },
    'output.value.data.a',
    [configMap('made', { a: '1' })],
    '1',
  ),
  one('request', ({ http }) => ({ url: `${http}/hook`, method: 'POST', body: { a: 1 } }), {
    check: (_ended, { requests }) => expect(requests).toEqual(['POST /hook {"a":1}']),
  }),
  one('request', ({ http }) => ({ url: `${http}/fails` }), {
    name: 'a refusal fails it',
    phase: 'failed',
    check: ({ steps }) => expect(steps['it']).toMatch(/^failed\/Action/),
  }),
  one('restart-workflow', { after: '5m' }),
  one(
    'restart-workflow',
    {},
    {
      name: 'without a time it fails',
      phase: 'failed',
      check: ({ steps }) => expect(steps['it']).toMatch(/^failed\/Action: Exactly one of/),
    },
  ),
  {
    type: 'step-group',
    name: 'its steps run',
    run: () => ({
      steps: [
        {
          name: 'it',
          type: 'step-group',
          subSteps: [{ name: 'sub', type: 'print-message-in-status', properties: { message: 'hi' } }],
        },
      ],
    }),
  },
  one('suspend', { duration: '1s', message: 'a moment' }),
  one('vela-cli', { command: ['vela', 'ls'], image: 'oamdev/vela-cli:v1' }),
  one(
    'vela-cli',
    {
      command: ['vela', 'ls'],
      image: 'oamdev/vela-cli:v1',
      storage: { secret: [{ name: 'a', mountPath: '/a', secretName: 's' }] },
    },
    { name: 'with a Secret', objects: [secret('s', { a: 'b' })] },
  ),
  one('webhook', ({ http }) => ({ url: { value: `${http}/hook` }, data: { a: 1 } }), {
    name: 'with data',
    check: (_ended, { requests }) => expect(requests).toEqual(['POST /hook {"a":1}']),
  }),
  {
    type: 'webhook',
    name: 'the Application by a URL in a Secret',
    run: ({ http }) => ({
      steps: [it('webhook', { url: { secretRef: { name: 'hook', key: 'url' } } })],
      objects: [application('demo'), secret('hook', { url: `${http}/hook` })],
    }),
    check: (_ended, { requests }) => expect(requests[0]).toContain('"kind":"Application"'),
  },
];
