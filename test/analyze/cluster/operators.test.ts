import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../src/api/json.ts';
import type { KubeObject, ObjectMeta } from '../../../src/api/kube-object.ts';
import { ago } from '../kube-fixtures.ts';
import { found, object, type Row } from './objects.ts';

type Body = Readonly<Record<string, Json>>;

const condition = (type: string, status: string, reason: string, seconds = 3000): JsonObject => ({
  type,
  status,
  reason,
  message: 'said',
  lastTransitionTime: ago(seconds),
});
const digest = `quay.io/a/b@sha256:${'a'.repeat(64)}`;
const catalog = (spec: Body = {}, status: Body = {}): KubeObject =>
  object(
    'olm.operatorframework.io/v1',
    'ClusterCatalog',
    'hub',
    { spec: { source: { type: 'Image', image: { ref: 'quay.io/a/b:latest' } }, ...spec }, status },
    { namespace: '' },
  );
const extension = (source: Body = {}, conditions: readonly JsonObject[] = []): KubeObject =>
  object(
    'olm.operatorframework.io/v1',
    'ClusterExtension',
    'argo',
    { spec: { source: { sourceType: 'Catalog', catalog: {}, ...source } }, status: { conditions } },
    { namespace: '' },
  );

type Case = readonly [analyzer: string, what: string, object: KubeObject, found: readonly string[]];

const version1: readonly Case[] = [
  ['ClusterCatalog', 'it serves', catalog({}, { resolvedSource: { image: { ref: digest } } }), []],
  [
    'ClusterCatalog',
    'its image is malformed',
    catalog({ source: { type: 'Image', image: { ref: 'Not An Image' } } }),
    ['CatalogImageInvalid: hub has error: invalid image ref format in spec.source.image.ref: Not An Image'],
  ],
  [
    'ClusterCatalog',
    'no digest',
    catalog({}, { resolvedSource: { image: { ref: 'quay.io/a/b:1' } } }),
    ['CatalogImageUnresolved: hub has error: status.resolvedSource.image.ref must end with @sha256:<digest>'],
  ],
  [
    'ClusterCatalog',
    'no image',
    catalog({}, { resolvedSource: {} }),
    ['CatalogImageUnresolved: hub has error: missing status.resolvedSource.image.ref'],
  ],
  [
    'ClusterCatalog',
    'it does not serve',
    catalog({}, { conditions: [condition('Serving', 'False', 'Unavailable')] }),
    [
      'ClusterCatalogNotServing: OLMv1 ClusterCatalog: hub has condition of type Serving, reason Unavailable: said',
    ],
  ],
  [
    'ClusterCatalog',
    'it was switched off',
    catalog(
      { availabilityMode: 'Unavailable' },
      { conditions: [condition('Serving', 'False', 'UserSpecifiedUnavailable')] },
    ),
    [],
  ],
  [
    'ClusterCatalog',
    'it is tried again',
    catalog({}, { conditions: [condition('Progressing', 'True', 'Retrying')] }),
    [
      'ClusterCatalogNotProgressing: OLMv1 ClusterCatalog: hub has condition of type Progressing, reason Retrying: said',
    ],
  ],
  ['ClusterExtension', 'it is installed', extension({}, [condition('Installed', 'True', 'Succeeded')]), []],
  [
    'ClusterExtension',
    'an unknown policy',
    extension({ catalog: { upgradeConstraintPolicy: 'Any' } }),
    [
      "UpgradePolicyInvalid: argo has error: invalid or missing extension.Spec.Source.Catalog.UpgradeConstraintPolicy (expecting 'SelfCertified' or 'CatalogProvided')",
    ],
  ],
  [
    'ClusterExtension',
    'an unknown source',
    extension({ sourceType: 'Git' }),
    ["SourceTypeInvalid: argo has error: invalid or missing spec.source.sourceType (expecting 'Catalog')"],
  ],
  [
    'ClusterExtension',
    'it is not installed, and blocked',
    extension({}, [
      condition('Installed', 'False', 'Failed'),
      condition('Progressing', 'False', 'Blocked', 5),
    ]),
    [
      'ClusterExtensionNotInstalled: OLMv1 ClusterExtension: argo has condition of type Installed, reason Failed: said',
      'ClusterExtensionNotProgressing: OLMv1 ClusterExtension: argo has condition of type Progressing, reason Blocked: said',
    ],
  ],
  [
    'ClusterExtension',
    'it is on its way',
    extension({}, [condition('Progressing', 'True', 'Retrying', 5)]),
    [],
  ],
  [
    'ClusterExtension',
    'it is deprecated',
    extension({}, [condition('PackageDeprecated', 'True', 'Deprecated')]),
    ['ExtensionDeprecated: -'],
  ],
];

const operator = (kind: string, body: Body, metadata: ObjectMeta = {}): KubeObject =>
  object('operators.coreos.com/v1alpha1', kind, 'db', body, metadata);
const csv = (status: Body, metadata: ObjectMeta = {}): KubeObject =>
  operator('ClusterServiceVersion', { status }, metadata);
const subscription = (status: Body, spec: Body = {}): KubeObject =>
  operator('Subscription', { spec, status });
const plan = (status: Body): KubeObject => operator('InstallPlan', { status });
const source = (state: string, since = 3000): KubeObject =>
  operator('CatalogSource', {
    status: {
      connectionState: { lastObservedState: state, address: 'cat.olm:50051', lastConnect: ago(since) },
    },
  });

const version0: readonly Case[] = [
  ['ClusterServiceVersion', 'it is installed', csv({ phase: 'Succeeded' }), []],
  [
    'ClusterServiceVersion',
    'it failed, and said so last',
    csv({
      phase: 'Failed',
      conditions: [
        { reason: 'Old', message: 'old' },
        { reason: 'New', message: 'new' },
      ],
    }),
    ['OperatorNotInstalled: phase="Failed": New: new'],
  ],
  [
    'ClusterServiceVersion',
    'it says nothing',
    csv({ phase: 'Unknown' }),
    ['OperatorNotInstalled: phase="Unknown" (see status.conditions)'],
  ],
  [
    'ClusterServiceVersion',
    'it is being installed',
    csv({ phase: 'Installing', lastTransitionTime: ago(9) }),
    [],
  ],
  [
    'ClusterServiceVersion',
    'it is a copy',
    csv({ phase: 'Failed' }, { labels: { 'olm.copiedFrom': 'olm' } }),
    [],
  ],
  ['Subscription', 'it is at the newest', subscription({ state: 'AtLatestKnown' }), []],
  [
    'Subscription',
    'it has no state',
    subscription({}),
    ['SubscriptionBehind: state="": subscription not at latest'],
  ],
  [
    'Subscription',
    'it waits for approval',
    subscription({ state: 'UpgradePending' }, { installPlanApproval: 'Manual' }),
    ['UpgradeNotApproved: state="UpgradePending": subscription not at latest'],
  ],
  [
    'Subscription',
    'it is being upgraded',
    subscription({ state: 'UpgradePending', lastUpdated: ago(9) }),
    [],
  ],
  [
    'Subscription',
    'conditions that are bad when they are true',
    subscription({
      state: 'AtLatestKnown',
      conditions: [
        condition('CatalogSourcesUnhealthy', 'False', 'AllHealthy'),
        condition('ResolutionFailed', 'True', 'NoVersion'),
      ],
    }),
    ['ResolutionFailed: state="AtLatestKnown": subscription not at latest; NoVersion: said'],
  ],
  ['InstallPlan', 'it is carried out', plan({ phase: 'Complete' }), []],
  [
    'InstallPlan',
    'it failed',
    plan({
      phase: 'Failed',
      conditions: [condition('Resolved', 'True', 'a'), condition('Installed', 'False', 'Denied')],
    }),
    ['InstallPlanIncomplete: phase="Failed": Denied: said'],
  ],
  [
    'InstallPlan',
    'it waits for approval',
    plan({ phase: 'RequiresApproval' }),
    ['InstallPlanNotApproved: phase="RequiresApproval" (approval/manual? check status.conditions)'],
  ],
  ['CatalogSource', 'it answers', source('READY'), []],
  [
    'CatalogSource',
    'it does not answer',
    source('TRANSIENT_FAILURE'),
    ['CatalogNotConnected: connectionState=TRANSIENT_FAILURE (address=cat.olm:50051)'],
  ],
  ['CatalogSource', 'it is being connected', source('CONNECTING', 5), []],
];

test.each([...version1, ...version0])('%s: %s', async (analyzer, _, about, expected) => {
  expect(await found([about], analyzer)).toEqual(expected);
});

const group = (name: string, namespace: string): KubeObject =>
  object('operators.coreos.com/v1', 'OperatorGroup', name, {}, { namespace });

test.each<Row>([
  ['one a namespace', [group('a', 'x'), group('b', 'y')], []],
  [
    'two in one namespace are one problem',
    [group('b', 'x'), group('a', 'x')],
    ['SeveralOperatorGroups: 2 OperatorGroups in namespace; this can break CSV resolution'],
  ],
])('OperatorGroup: %s', async (_, objects, expected) => {
  expect(await found(objects, 'OperatorGroup')).toEqual(expected);
});

const report = (kind: string, results: readonly JsonObject[]): KubeObject =>
  object('wgpolicyk8s.io/v1alpha2', kind, 'r', { results });
const result = (outcome: string, more: JsonObject = {}): JsonObject => ({
  result: outcome,
  policy: 'require-labels',
  message: 'no label',
  ...more,
});

test.each(['PolicyReport', 'ClusterPolicyReport'])(
  '%s: every result that fails, worst first',
  async (kind) => {
    const results = [result('pass'), result('fail'), result('fail', { severity: 'critical', policy: 'p' })];
    expect(await found([report(kind, results)], kind)).toEqual([
      'PolicyViolated: policy failure: p (message: no label)',
      'PolicyViolated: policy failure: require-labels (message: no label)',
    ]);
  },
);
