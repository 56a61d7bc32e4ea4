import type { Json } from '../../src/api/json.ts';

const text = (value: Json): string => JSON.stringify(value);

export const sarif = (results: Json, rest: { readonly [key: string]: Json } = {}): string =>
  text({
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'scan',
            rules: [
              { id: 'CVE-1', properties: { 'security-severity': '9.8' } },
              { id: 'R2', defaultConfiguration: { level: 'error' } },
            ],
          },
        },
        artifacts: [{ location: { uri: 'a.yaml' } }, { location: { uri: 'b.yaml' } }],
        results,
        ...rest,
      },
    ],
  });

export const sarifResults: Json = [
  {
    ruleId: 'CVE-1',
    ruleIndex: 0,
    message: { text: 'old library' },
    locations: [{ physicalLocation: { artifactLocation: { uri: 'a.yaml' }, region: { startLine: 7 } } }],
  },
  { ruleId: 'R2', message: { text: 'bad' }, suppressions: [{ kind: 'inSource' }] },
  { ruleId: 'R3', level: 'note', message: { markdown: 'style' } },
  { ruleId: 'R4', message: { text: 'default' } },
  { ruleId: 'R5', kind: 'pass', message: { text: 'fine' } },
  { ruleId: 'R6', baselineState: 'absent', message: { text: 'gone' } },
];

export const junit = `<?xml version="1.0"?>
<testsuites><testsuite name="api" tests="4" failures="1" errors="1">
  <testcase classname="api.Login" name="good"/>
  <testcase classname="api.Login" name="bad"><failure message="expected 200 &amp; got 500">trace</failure></testcase>
  <testcase classname="api.Login" name="worse"><error><![CDATA[boom <x>]]></error></testcase>
  <testcase classname="api.Login" name="later"><skipped/></testcase>
</testsuite></testsuites>`;

export const kubeLinter: string = text({
  Checks: [{ name: 'no-read-only-root-fs' }],
  Reports: [
    {
      Check: 'no-read-only-root-fs',
      Diagnostic: { Message: 'container "web" does not have a read-only root file system' },
      Object: {
        Metadata: { FilePath: 'web.yaml' },
        K8sObject: {
          Namespace: 'shop',
          Name: 'web',
          GroupVersionKind: { Group: 'apps', Version: 'v1', Kind: 'Deployment' },
        },
      },
    },
  ],
  Summary: { ChecksStatus: 'Failed' },
});

export const kubeLinterClean: string = text({
  Checks: [{ name: 'x' }],
  Reports: null,
  Summary: { ChecksStatus: 'Passed' },
});

export const kubeScore: string = text([
  {
    object_name: 'web',
    type_meta: { kind: 'Deployment', apiVersion: 'apps/v1' },
    object_meta: { name: 'web', namespace: 'shop' },
    checks: [
      {
        check: { id: 'container-resources', name: 'Container Resources' },
        grade: 1,
        skipped: false,
        comments: [{ summary: 'CPU limit is not set' }],
      },
      { check: { id: 'probes', name: 'Probes' }, grade: 5, skipped: true, comments: null },
      { check: { id: 'tag', name: 'Tag' }, grade: 10, skipped: false, comments: null },
    ],
  },
  { object_name: 'excused', checks: [{ check: { id: 'probes' }, grade: 1, skipped: true }] },
]);

export const polaris: string = text({
  PolarisOutputVersion: '1.0',
  Results: [
    {
      Kind: 'Deployment',
      Namespace: 'shop',
      Name: 'web',
      Results: { replicas: { ID: 'replicas', Success: true, Severity: 'warning', Message: 'ok' } },
      PodResult: {
        Results: {
          hostPID: { ID: 'hostPID', Success: false, Severity: 'danger', Message: 'host PID is set' },
        },
        ContainerResults: [
          {
            Name: 'web',
            Results: {
              cpu: { ID: 'cpu', Success: false, Severity: 'warning', Message: 'no CPU limit' },
              x: { ID: 'x', Success: false, Severity: 'ignore', Message: '' },
            },
          },
        ],
      },
    },
    { Kind: 'Deployment', Namespace: 'shop', Name: 'exempt', Results: {} },
  ],
  Score: 100,
});

const pod = { kind: 'Pod', namespace: 'shop', name: 'web-1' };
export const policyReport: string = text({
  kind: 'PolicyReportList',
  items: [
    {
      kind: 'PolicyReport',
      metadata: { name: 'r' },
      scope: { kind: 'Deployment', namespace: 'shop', name: 'web' },
      summary: { fail: 4, warn: 1, error: 0 },
      results: [
        {
          policy: 'tags',
          rule: 'no-latest',
          result: 'fail',
          severity: 'medium',
          message: 'latest',
          resources: [pod],
        },
        { policy: 'tags', rule: 'digest', result: 'warn', message: 'by tag' },
        { policy: 'tags', rule: 'old', result: 'skip', resources: [{ kind: 'Pod', name: 'other' }] },
        { policy: 'labels', rule: 'owner', result: 'pass' },
      ],
    },
  ],
});

export const gatekeeper: string = text({
  apiVersion: 'constraints.gatekeeper.sh/v1beta1',
  kind: 'K8sRequiredLabels',
  metadata: { name: 'owner' },
  status: {
    auditTimestamp: '2026-11-21T11:00:00Z',
    totalViolations: 3,
    violations: [{ enforcementAction: 'deny', kind: 'Namespace', name: 'shop', message: 'no owner' }],
  },
});

export const gator: string = text([
  {
    target: 'admission.k8s.gatekeeper.sh',
    msg: 'no owner',
    enforcementAction: 'warn',
    constraint: { kind: 'K8sRequiredLabels', metadata: { name: 'owner' } },
    violatingObject: { kind: 'Namespace', metadata: { name: 'shop' } },
  },
]);

export const kubeLinterOld: string = text({
  Checks: [{ name: 'x' }],
  Reports: [
    {
      Check: 'x',
      Diagnostic: { Message: 'm' },
      Object: { K8sObject: { kind: 'Deployment', metadata: { name: 'web', namespace: 'shop' } } },
    },
  ],
});

export const trivy: string = text({
  SchemaVersion: 2,
  ArtifactName: 'registry.test/web:1',
  ArtifactType: 'container_image',
  Results: [
    {
      Target: 'registry.test/web:1 (debian 12)',
      Class: 'os-pkgs',
      Vulnerabilities: [
        {
          VulnerabilityID: 'CVE-2026-0001',
          PkgName: 'openssl',
          InstalledVersion: '3.0.1',
          FixedVersion: '3.0.2',
          Severity: 'CRITICAL',
          Title: 'reads too far',
        },
        { VulnerabilityID: 'CVE-2026-0002', PkgName: 'zlib', InstalledVersion: '1', Severity: 'UNKNOWN' },
      ],
    },
    {
      Target: 'web.yaml',
      Class: 'config',
      Misconfigurations: [
        { ID: 'KSV001', Severity: 'MEDIUM', Status: 'FAIL', Message: 'may escalate' },
        { ID: 'KSV002', Severity: 'HIGH', Status: 'PASS', Message: 'fine' },
      ],
      Secrets: [{ RuleID: 'aws-key', Severity: 'HIGH', Title: 'a key' }],
    },
  ],
});
