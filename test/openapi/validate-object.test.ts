import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import { openBundledSchemas } from '../../src/cluster/bundled-schemas.ts';
import { documentationOf } from '../../src/cluster/openapi/documentation.ts';
import { openServedSchemas } from '../../src/cluster/openapi/served-schemas.ts';
import type { KindSchema } from '../../src/cluster/openapi/schema.ts';
import { validateObject } from '../../src/cluster/openapi/validate-object.ts';

const bundled = await openBundledSchemas();

async function kindOf(apiVersion: string, kind: string): Promise<KindSchema> {
  const found = await bundled.find(apiVersion, kind);
  if (found === undefined) throw new Error(`${apiVersion} ${kind} is not bundled`);
  return found;
}

async function faultsOf(object: JsonObject): Promise<readonly string[]> {
  const kind = await kindOf(object['apiVersion'] as string, object['kind'] as string);
  return validateObject(object, kind).map(({ path, code, suggestion }) =>
    [path, code, ...(suggestion === undefined ? [] : [suggestion])].join(' '),
  );
}

function deployment(container: JsonObject, spec: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', labels: { app: 'web' }, annotations: { 'a.b/c': 'd' } },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image: 'corp.example/web:1', ...container }] },
      },
      ...spec,
    },
  };
}

const container = 'spec.template.spec.containers[0]';

describe('an object against the bundled schemas', () => {
  test.each<[string, JsonObject, readonly string[]]>([
    ['is sound', deployment({ resources: { limits: { cpu: 1, memory: '64Mi' } } }), []],
    ['has a field that is null', deployment({ workingDir: null }), []],
    [
      'has a misspelt field',
      deployment({ imagePullPolcy: 'Always' }),
      [`${container}.imagePullPolcy UnknownField imagePullPolicy`],
    ],
    ['has a field of another kind', deployment({ schedule: 'x' }), [`${container}.schedule UnknownField`]],
    ['has text for a number', deployment({}, { replicas: '3' }), ['spec.replicas WrongType']],
    ['has a number for text', deployment({ image: 3 }), [`${container}.image WrongType`]],
    ['has a fraction for a whole number', deployment({}, { replicas: 1.5 }), ['spec.replicas WrongType']],
    ['has an object for a list', deployment({ args: { a: 'b' } }), [`${container}.args WrongType`]],
    [
      'has a number that no int32 holds',
      deployment({}, { replicas: 3_000_000_000 }),
      ['spec.replicas BadFormat'],
    ],
    [
      'leaves out what is required',
      deployment({ ports: [{ name: 'http' }] }),
      [`${container}.ports[0].containerPort MissingField`],
    ],
    ['has no name for a container', deployment({ name: null }), [`${container}.name MissingField`]],
    [
      'has a word of no list',
      deployment({ imagePullPolicy: 'always' }),
      [`${container}.imagePullPolicy NotOneOf Always`],
    ],
    [
      'has a wrong quantity',
      deployment({ resources: { limits: { memory: '64MB' } } }),
      [`${container}.resources.limits.memory BadFormat`],
    ],
    ['has a name or number for a port', deployment({ readinessProbe: { tcpSocket: { port: 'http' } } }), []],
    [
      'has neither for a port',
      deployment({ readinessProbe: { tcpSocket: { port: true } } }),
      [`${container}.readinessProbe.tcpSocket.port WrongType`],
    ],
    [
      'has a label that is no text',
      { ...deployment({}), metadata: { labels: { 'a.b/c': 1 } } },
      ['metadata.labels["a.b/c"] WrongType'],
    ],
    [
      'has data that is no base64',
      { apiVersion: 'v1', kind: 'Secret', data: { a: '§' } },
      ['data.a BadFormat'],
    ],
    [
      'has a prototype for a field',
      deployment({ constructor: 'x' }),
      [`${container}.constructor UnknownField`],
    ],
  ])('that %s', async (_what, object, faults) => {
    expect(await faultsOf(object)).toEqual(faults);
  });

  test('says nothing of values', async () => {
    const object = { apiVersion: 'v1', kind: 'Secret', data: { a: 'hunter2!' }, stringData: { b: 7 } };
    const faults = validateObject(object, await kindOf('v1', 'Secret'));
    expect(faults).toHaveLength(2);
    expect(JSON.stringify(faults)).not.toMatch(/hunter2|7/);
  });

  test.each([
    ['v1', 'Pod'],
    ['batch/v1', 'CronJob'],
    ['networking.k8s.io/v1', 'Ingress'],
    ['autoscaling/v2', 'HorizontalPodAutoscaler'],
    ['policy/v1', 'PodDisruptionBudget'],
    ['rbac.authorization.k8s.io/v1', 'Role'],
    ['storage.k8s.io/v1', 'StorageClass'],
  ])('knows %s %s', async (apiVersion, kind) => {
    expect(documentationOf(await kindOf(apiVersion, kind), 'metadata.name')?.type).toBe('string');
  });

  test('knows no kind that is not of Kubernetes, and no list', async () => {
    expect(await bundled.find('example.com/v1', 'Widget')).toBeUndefined();
    expect(await bundled.find('apps/v1', 'DeploymentList')).toBeUndefined();
    expect(await bundled.find('apps/v1beta1', 'Deployment')).toBeUndefined();
  });
});

describe('the documentation of a field', () => {
  test.each([
    ['spec.template.spec.containers[0].image', 'string', /Container image name/],
    ['spec.template.spec.containers.ports', '[]Object', /List of ports/],
    ['spec.selector.matchLabels', 'map[string]string', /matchLabels/],
    ['spec.strategy.rollingUpdate.maxSurge', 'integer or string', /maximum number of pods/],
    ['metadata.labels["app"]', 'string', /^$/],
    ['', 'Object', /Deployment enables/],
  ])('%s', async (path, type, description) => {
    const found = documentationOf(await kindOf('apps/v1', 'Deployment'), path);
    expect(found?.type).toBe(type);
    expect(found?.description).toMatch(description);
  });

  test('of a field that there is not', async () => {
    expect(documentationOf(await kindOf('apps/v1', 'Deployment'), 'spec.replica')).toBeUndefined();
  });

  test('names what is required, and the words there are', async () => {
    const kind = await kindOf('v1', 'Pod');
    expect(documentationOf(kind, 'spec.containers')).toMatchObject({ isRequired: true });
    expect(documentationOf(kind, 'spec.restartPolicy')?.enum).toEqual(['Always', 'Never', 'OnFailure']);
  });
});

describe('the schemas of a cluster', () => {
  const widget = {
    components: {
      schemas: {
        Widget: {
          type: 'object',
          properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } },
          'x-kubernetes-group-version-kind': [{ group: 'example.com', version: 'v1', kind: 'Widget' }],
        },
      },
    },
  };

  test('go before the bundled ones, and are asked for once', async () => {
    const asked: string[] = [];
    const served = openServedSchemas(
      {
        openApi: async (apiVersion) => {
          asked.push(apiVersion);
          return apiVersion === 'example.com/v1' ? widget : undefined;
        },
      },
      bundled,
    );
    const kind = await served.find('example.com/v1', 'Widget');
    expect(
      kind && validateObject({ spec: { size: 'x', colour: 'y' } }, kind).map(({ path }) => path),
    ).toEqual(['spec.size', 'spec.colour']);
    expect(await served.find('example.com/v1', 'Gadget')).toBeUndefined();
    expect(await served.find('apps/v1', 'Deployment')).toBeDefined();
    expect(asked).toEqual(['example.com/v1', 'apps/v1']);
  });

  test('that refer to themselves end', async () => {
    const round = { $ref: '#/components/schemas/Round' };
    const served = openServedSchemas(
      {
        openApi: async () => ({
          components: {
            schemas: {
              Round: round,
              Widget: { ...widget.components.schemas.Widget, properties: { spec: round } },
            },
          },
        }),
      },
      bundled,
    );
    const kind = await served.find('example.com/v1', 'Widget');
    expect(kind && validateObject({ spec: { a: 1 } }, kind)).toEqual([]);
  });
});
