import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { SecretMask } from '../../src/api/secret-mask.ts';
import { collectEvidence } from '../../src/evidence/collect.ts';
import { fenceEvidence } from '../../src/evidence/fence.ts';
import { fitEvidence } from '../../src/evidence/fit.ts';
import { maskItems } from '../../src/evidence/mask-bundle.ts';
import { Masker, maskingNotice } from '../../src/evidence/masking/masker.ts';
import { fakeCluster } from '../analyze/fake-cluster.ts';
import { eventOn, merge, nowMs } from '../analyze/kube-fixtures.ts';
import { loopStatus, withPod } from '../analyze/scene.ts';

const nonce = 'n0nce4567890abcdef';

/** Each canary is used once, so that a leak says by its number which slot leaks. */
const planted: string[] = [];
function canary(): string {
  const number = planted.length;
  const value = `Cnry${number}x${(number * 7919 + 100_003).toString(36)}Zq${(number * 104_729 + 7).toString(36)}`;
  planted.push(value);
  return value;
}

function shaped(prefix: string, suffix = ''): string {
  const value = `${prefix}${canary().replaceAll(/[^A-Za-z0-9]/g, '')}abcdefghijklmnopqrst${suffix}`;
  return value;
}

/** Known to the run: read from a Secret, or given to a sensitive parameter. */
const known = Array.from({ length: 10 }, canary);
const k = (index: number): string => known[index] ?? '';
const base64 = (text: string): string => Buffer.from(text).toString('base64');

const container: JsonObject = {
  command: ['sh', '-c', `export API_TOKEN=${canary()} && run`],
  args: [
    `--password=${canary()}`,
    '--api-key',
    canary(),
    `--db=postgres://app:${canary()}@db.acme.com/x`,
    canary(),
    `--header=Authorization: Bearer ${canary()}`,
    `--from-literal=secret=${canary()}`,
  ],
  env: [
    { name: 'DB_PASSWORD', value: canary() },
    { name: 'STRIPE', value: shaped('sk_live_') },
    { name: 'HARMLESS', value: canary() },
    { name: 'DATABASE_URL', value: `mysql://root:${canary()}@db:3306/app` },
    { name: 'JAVA_OPTS', value: `-Xmx1g -Ddb.password=${canary()}` },
    { name: 'SETTINGS', value: JSON.stringify({ auth: { client_secret: canary() } }) },
    { name: 'MULTI', value: `a: 1\npassword: ${canary()}\n` },
  ],
  livenessProbe: {
    httpGet: {
      path: `/live?token=${canary()}`,
      port: 80,
      httpHeaders: [{ name: 'Authorization', value: `Bearer ${canary()}` }],
    },
  },
  readinessProbe: {
    httpGet: { path: '/', port: 80, httpHeaders: [{ name: 'X-Custom', value: canary() }] },
  },
  startupProbe: {
    exec: { command: ['curl', '-u', `admin:${canary()}`, `http://u:${canary()}@localhost/`] },
  },
};

const scene = withPod(
  loopStatus({
    reason: 'Error',
    exitCode: 1,
    message: `panic: dsn "app:${canary()}@tcp(db:3306)/x", seen ${k(0)}`,
  }),
  [
    ['BackOff', `Back-off; env had ${k(1)} and PASSWORD=${canary()}`],
    ['Failed', `pull "https://robot:${canary()}@registry.acme.com/v2/": unauthorized`],
    ['Unhealthy', `probe sent Cookie: session=${canary()}; theme=dark`],
  ],
  { container },
);

const annotated = merge(scene.object as never, {
  metadata: {
    annotations: {
      'acme.com/deploy-token': canary(),
      '/hook': `https://hooks.slack.com/services/T000/B000/${canary()}`,
      'acme.com/config': base64(JSON.stringify({ password: canary() })),
      'acme.com/known': base64(`x:${k(2)}`),
      'acme.com/github': shaped('ghp_'),
      'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ spec: { token: canary() } }),
    },
    labels: { owner: k(3) },
  },
  spec: { template: { spec: { containers: [{ name: 'web', image: 'nginx:1.27', ...container }] } } },
}) as unknown as KubeObject;

const split = canary();
const log = [
  `INFO GET /login?password=${canary()}&x=1`,
  `DEBUG request headers: {"authorization":"Basic ${base64(`ann:${canary()}`)}","x-api-key":"${canary()}"}`,
  `ERROR cannot connect: Server=db;User Id=sa;Password=${canary()};`,
  `jwt=${shaped('eyJhbGciOiJIUzI1NiJ9.', '.c2lnbmF0dXJl')}`,
  `aws_secret_access_key = ${canary()}/${'abc'.repeat(5)}`,
  `again ${k(4)} ${encodeURIComponent(k(4))} ${base64(k(4))} ${JSON.stringify(JSON.stringify(k(4)))}`,
  `config dump: ${JSON.stringify({ yaml: `token: |-\n  ${split.slice(0, 8)}\n  ${split.slice(8)}\n` })}`,
  `-----BEGIN PRIVATE KEY-----`,
  `MIIEvQ${canary()}AAAA`,
  `-----END PRIVATE KEY-----`,
  `Traceback: error for https://oauth2:${shaped('glpat-')}@git.acme.com/x.git`,
  `slack ${shaped('xoxb-')} openai ${shaped('sk-proj-')} npm ${shaped('npm_0123456789')}`,
].join('\n');

const given = [
  {
    kind: 'text' as const,
    ref: 'values.yaml',
    text: `db:\n  password: >-\n    ${k(5).slice(0, 7)}\n    ${k(5).slice(7)}\n  auth:\n    token: "${canary()}"\n`,
  },
  {
    kind: 'text' as const,
    ref: 'docker',
    text: JSON.stringify({ auths: { 'r.acme.com': { auth: base64(`u:${canary()}`) } } }),
  },
  {
    kind: 'metrics' as const,
    ref: 'metrics',
    text: `http_errors{url="https://m:${canary()}@x.acme.com"} 3 # ${k(6)}`,
  },
  {
    kind: 'text' as const,
    ref: `named ${k(7)}`,
    text: `- name: GITHUB_TOKEN\n  value: ${canary()}\n# ${k(8)} ${k(9)}`,
  },
];

async function requestOf(budget: { readonly maxBytes: number; readonly maxTokens: number }): Promise<string> {
  const secrets = new SecretMask();
  for (const value of known) secrets.add(value);
  const cluster = fakeCluster([annotated, ...scene.others, eventOn(annotated, 'Odd', `token ${k(1)}`)]);
  const bundle = await collectEvidence(annotated, [cluster], {
    nowMs,
    given,
    logs: async () => log,
  });
  const masker = new Masker({ key: 'key', secrets: [secrets, bundle.secrets] });
  const fitted = fitEvidence({ items: maskItems(bundle.items, masker) }, budget);
  return masker.mask(`${maskingNotice}\n${fenceEvidence(fitted.text, nonce)}`);
}

/** Whether a value, or much of it, can be read from a text. */
function leaks(text: string, value: string): boolean {
  const plain = text.replaceAll(/[\s\\]|\\n/g, '');
  const inBase64 = [0, 1, 2].map((offset) => base64(' '.repeat(offset) + value).slice(4, 16));
  return (
    plain.includes(value) ||
    plain.includes(value.slice(2, 12)) ||
    inBase64.some((part) => plain.includes(part))
  );
}

describe('canaries', () => {
  test('at least 50 are planted, in all slots', () => {
    expect(planted.length).toBeGreaterThanOrEqual(50);
    expect(new Set(planted).size).toBe(planted.length);
  });

  test('none is in the request', async () => {
    const request = await requestOf({ maxBytes: 1e6, maxTokens: 1e6 });
    expect(planted.filter((value) => leaks(request, value))).toEqual([]);
    // The slots themselves are there: nothing was hidden by being left out.
    for (const slot of [
      '--api-key',
      'HARMLESS',
      'httpHeaders',
      '/hook',
      'BackOff',
      'Traceback',
      'values.yaml',
    ])
      expect(request).toContain(slot);
    expect(request).not.toContain('acme.com');
  });

  test('none is in a request that was cut', async () => {
    for (const maxBytes of [500, 1_500, 3_000, 6_000]) {
      // oxlint-disable-next-line no-await-in-loop
      const request = await requestOf({ maxBytes, maxTokens: 1e6 });
      expect(planted.filter((value) => leaks(request, value))).toEqual([]);
    }
  });

  test('the same evidence gives the same request', async () => {
    const budget = { maxBytes: 4_000, maxTokens: 2_000 };
    expect(await requestOf(budget)).toBe(await requestOf(budget));
  });
});
