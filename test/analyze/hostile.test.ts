import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { auditObject } from '../../src/analyze/audit.ts';
import { diagnose } from '../../src/analyze/diagnose.ts';
import { readLiveState, stateAlone } from '../../src/analyze/live-state.ts';
import { quoteText } from '../../src/analyze/quote-text.ts';
import { quoteMasked } from '../../src/analyze/secret-values.ts';
import { fakeCluster } from './fake-cluster.ts';
import { nowMs, waitingStatus } from './kube-fixtures.ts';

const keys = [
  'spec',
  'status',
  'metadata',
  'template',
  'containers',
  'initContainers',
  'securityContext',
  'runAsUser',
  'capabilities',
  'add',
  'resources',
  'limits',
  'memory',
  'env',
  'name',
  'value',
  'image',
  'volumes',
  'hostPath',
  'path',
  'conditions',
  'type',
  'reason',
  'containerStatuses',
  'state',
  'waiting',
  'terminated',
  'exitCode',
  'lastState',
  'ownerReferences',
  'uid',
  'replicas',
  'selector',
  'involvedObject',
  'lastTimestamp',
  'labels',
  'phase',
  'message',
  '__proto__',
  'constructor',
  'os',
  'restartPolicy',
];

const words = [
  'web',
  '',
  'nginx',
  'Nginx:',
  'uid-1',
  'CrashLoopBackOff',
  'ErrImagePull',
  'Pending',
  'PodScheduled',
  'False',
  '\u0000\n',
];
const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.constantFrom<Json>(...words, null, true, false, 0, -1, 1e300, 10n ** 30n),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...keys), tie('json'), { maxKeys: 5 }),
  ),
}));

const kinds = [
  ['apps/v1', 'Deployment'],
  ['v1', 'Pod'],
  ['v1', 'Service'],
  ['batch/v1', 'Job'],
  ['batch/v1', 'CronJob'],
  ['apps/v1', 'DaemonSet'],
  ['v1', 'Event'],
  ['apps/v1', 'ReplicaSet'],
  ['v1', 'Secret'],
] as const;
const kubeObject = fc
  .tuple(fc.constantFrom(...kinds), json, json, json)
  .map(([[apiVersion, kind], spec, status, extra]): KubeObject => {
    const metadata = { name: 'web', namespace: 'default', uid: 'uid-1', ownerReferences: [{ uid: 'uid-1' }] };
    return {
      apiVersion,
      kind,
      metadata,
      spec,
      status,
      involvedObject: { uid: 'uid-1' },
      data: extra,
      message: extra,
    };
  });

test('no object makes a rule or a check throw', async () => {
  await fc.assert(
    fc.asyncProperty(kubeObject, fc.array(kubeObject, { maxLength: 4 }), async (object, others) => {
      auditObject(object);
      diagnose(stateAlone(object), nowMs);
      diagnose(await readLiveState(fakeCluster([object, ...others]), object), nowMs);
    }),
    { numRuns: 400 },
  );
});

test('a Pod made to be expensive is judged in bounded time', () => {
  const containers = Array.from({ length: 4000 }, (_, index) => ({
    name: `c${index}`,
    image: 'x'.repeat(300),
    env: [{ name: 'A_PASSWORD', value: `value-${index}` }],
  }));
  const [status] = waitingStatus('ErrImagePull', 'value-1 '.repeat(20))[
    'containerStatuses'
  ] as readonly JsonObject[];
  const object: KubeObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', uid: 'uid-1' },
    spec: { containers },
    status: { phase: 'Pending', containerStatuses: containers.map(({ name }) => ({ ...status, name })) },
  };
  const result = diagnose({ ...stateAlone(object), pods: [object] }, nowMs);
  expect(result.causes.length).toBeGreaterThan(0);
  expect(JSON.stringify(result)).not.toContain('value-1');
  expect(auditObject(object).kind).toBe('audited');
});

test.each<[string, string, string]>([
  ['control characters', 'a\u001b[31mb\r\nc\u0000d', 'a [31mb c d'],
  ['direction overrides', 'safe\u202Eexe.txt', 'safe exe.txt'],
  ['line separators', 'a\u2028b', 'a b'],
  ['nothing special', 'Back-off pulling image "x"', 'Back-off pulling image "x"'],
])('a quoted text is one plain line: %s', (_name, text, wanted) => {
  expect(quoteText(text)).toBe(wanted);
});

test('a long text is cut with a notice', () => {
  expect(quoteText('x'.repeat(3000), 10)).toBe('xxxxxxxxxx… (cut, 3000 characters)');
});

test('a value that stands where a long text is cut does not show in part', () => {
  const value = `s3cr3t-${'z'.repeat(5000)}`;
  const quoted = quoteMasked(`${value} and ${value} and ${value}`, [value]);
  expect(quoted).toContain('***');
  expect(quoted).not.toContain('s3cr3t');
});
