import { array, assert, constantFrom, oneof, property, string, tuple } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SecretMask } from '../../src/api/secret-mask.ts';
import { Masker } from '../../src/evidence/masking/masker.ts';

const key = 'key of this installation';

function masked(text: string): string {
  return new Masker({ key }).mask(text);
}

describe('what goes out changed', () => {
  test.each([
    [
      'an address and its port',
      'dial tcp 10.0.0.5:8080: refused',
      /^dial tcp <ip:[0-9a-f]{6}>:8080: refused$/,
    ],
    ['the length of a block', 'allow 10.1.2.0/24', /^allow <ip:[0-9a-f]{6}>\/24$/],
    ['an address of version 6', 'from [fd00:12::7]:443 to', /^from \[<ip:[0-9a-f]{6}>\]:443 to$/],
    ['an address after an escape', String.raw`{"m":"a\n10.0.0.5"}`, /^\{"m":"a\\n<ip:[0-9a-f]{6}>"\}$/],
    ['a host', 'lookup db.prod.acme.com: no such host', /^lookup host-[0-9a-f]{6}: no such host$/],
    ['a host in an address', 'https://wiki.acme/x', /^https:\/\/host-[0-9a-f]{6}\/x$/],
    ['a cloud node', 'node ip-10-0-1-5 is gone', /^node node-[0-9a-f]{6} is gone$/],
    ['an e-mail address', 'owner: Ann.Lee+ops@acme.com.', /^owner: <email:[0-9a-f]{6}>\.$/],
    [
      'user and password',
      'redis://u:hun/ter2@db.acme.com/0',
      /^redis:\/\/<credentials:\w{6}>@host-\w{6}\/0$/,
    ],
    ['a bare DSN', 'root:hunter2@tcp(db.acme.com:3306)', /^<credentials:\w{6}>@tcp\(host-\w{6}:3306\)$/],
    ['a bearer', 'sent Bearer abc.DEF.0123456789', /^sent Bearer <token:\w{6}>$/],
    ['basic auth', 'sent Basic dXNlcjpodW50ZXIy', /^sent Basic <token:\w{6}>$/],
    ['a header in a log', 'X-Api-Key: abcdef123456', /^X-Api-Key: <secret:\w{6}>$/],
    ['a flag', '["--db-password","hunter2!"]', /^\["--db-password","<secret:\w{6}>"\]$/],
    ['a connection string', 'Server=x;Password=hunter2;User=y', /^Server=x;Password=<secret:\w{6}>;User=y$/],
    ['a query', '/cb?access_token=abcdef&x=1', /^\/cb\?access_token=<secret:\w{6}>&x=1$/],
    ['a signature', '/x?sig=abcDEF123&se=1', /^\/x\?sig=<secret:\w{6}>&se=1$/],
    ['curl', 'curl -u ann:hunter2 x', /^curl -u <credentials:\w{6}> x$/],
    ['a webhook', 'https://hooks.slack.com/services/T0/B0/abcdef', /services\/<token:\w{6}>$/],
    ['base64 of credentials', btoa('postgres://u:hunter2@db.acme.com/x'), /^<encoded:\w{6}>$/],
  ])('%s', (_what, text, expected) => {
    expect(masked(text)).toMatch(expected);
  });

  test.each([
    'ghp_0123456789abcdefghijABCDEFGHIJ012345',
    'github_pat_11ABCDEFG0123456789_abcdefghij',
    'glpat-abcdefghij0123456789',
    'xoxb-1234567890-abcdefghij',
    'sk-proj-abcdefghijklmnop0123456789',
    'AKIAIOSFODNN7EXAMPLE',
    `AIza${'a1B2c'.repeat(7)}`,
    'npm_abcdefghijklmnopqrstuvwxyz0123456789',
    'hvs.CAESIabcdefghijklmnop',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl',
    'sk_live_0123456789abcdef',
  ])('the token %s', (token) => {
    expect(masked(`got ${token}, sorry`)).toMatch(/^got <token:\w{6}>, sorry$/);
    expect(masked(`{"a":"b\\n${token}"}`)).not.toContain(token.slice(6));
  });

  test('a private key, also one that was cut', () => {
    const body = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC';
    const whole = `-----BEGIN RSA PRIVATE KEY-----\n  ${body}\n-----END RSA PRIVATE KEY-----`;
    expect(masked(`a ${whole} b`)).toMatch(/^a <private-key:\w{6}> b$/);
    expect(masked(JSON.stringify({ key: whole }))).toMatch(/^\{"key":"<private-key:\w{6}>"\}$/);
    expect(masked(`-----BEGIN PRIVATE KEY-----\n${body}`)).not.toContain(body);
  });
});

describe('what goes out as it is', () => {
  test.each([
    'apiVersion: cert-manager.io/v1',
    'apiVersion: widgets.acme.com/v1beta1',
    'app.kubernetes.io/name: web',
    'image: registry.k8s.io/pause:3.9',
    'nginx:1.27.3 and ghcr.io/x/y@sha256:0123',
    'web.shop.svc.cluster.local:80',
    'listening on 127.0.0.1:80, 0.0.0.0, ::1 and [::]:80; mask 255.255.255.0',
    'http://169.254.169.254/latest',
    'spec.template.spec.containers[0].name in main.go:42',
    'version v1.2.3.4 at 12:30:45, std::abc',
    'automountServiceAccountToken: false',
    'secretName: db-credentials, secretKeyRef: {key: password}',
    'token: ${TOKEN}',
    '--token-file=/var/run/secrets/token',
    'git@github.com:acme/x',
    '200 tokens: 512',
    'pass: 12, auth: failed, signature: invalid',
  ])('%s', (text) => {
    expect(masked(text)).toBe(text);
  });
});

describe('a secret that is known', () => {
  const secret = 'c0rrect-h0rse "battery"/+st&ple';
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const go = JSON.stringify(secret).replaceAll('&', String.raw`\u0026`);
  test.each([
    ['plain', secret],
    ['base64', base64(secret)],
    ['base64 over lines', base64(secret.repeat(4)).replaceAll(/(.{20})/g, '$1\n    ')],
    ['inside base64', base64(`user:${secret}@host`)],
    ['hex', Buffer.from(secret).toString('hex')],
    ['URL-encoded', encodeURIComponent(secret)],
    ['URL-encoded twice', encodeURIComponent(encodeURIComponent(secret))],
    ['as a form', encodeURIComponent(secret).replaceAll('%20', '+')],
    ['JSON', JSON.stringify({ a: secret })],
    ['JSON in JSON in JSON', JSON.stringify(JSON.stringify(JSON.stringify(secret)))],
    ["JSON of Go's encoder", go],
    ['a literal block', `a: |\n  ${secret.slice(0, 9)}\n  ${secret.slice(9)}\n`],
    ['a folded block, where a space became a line end', `a: >-\n  ${secret.replace(' ', '\n  ')}\n`],
    ['a block inside JSON', JSON.stringify({ d: `a: |\n  ${secret.slice(0, 9)}\n  ${secret.slice(9)}\n` })],
  ])('is found in %s', (_what, text) => {
    const secrets = new SecretMask();
    secrets.add(secret);
    const result = new Masker({ key, secrets: [secrets] }).mask(`before ${text} after`);
    expect(result).toMatch(/^before [^]* after$/);
    for (const part of ['c0rrect', 'h0rse', 'battery', base64(secret).slice(4, 16), 'ple'])
      expect(result).not.toContain(part);
  });

  test('is found everywhere once its surroundings gave it away', () => {
    const masker = new Masker({ key });
    masker.learn('DB_PASSWORD=wr0ng-h0rse');
    expect(masker.mask(`login with ${btoa('wr0ng-h0rse')} and wr0ng-h0rse`)).not.toMatch(
      /h0rse|d3IwbmctaDByc2/,
    );
  });
});

test.each([
  [
    'YAML',
    'kind: Secret\nmetadata:\n  name: s\ndata:\n  a.crt: aHVudGVyLTIyMg==\n  b: eA==\nstringData:\n  c: |\n    hunter-333\n    x\ntype: Opaque',
  ],
  [
    'JSON',
    '{"kind":"Secret","data":{"a.crt":"aHVudGVyLTIyMg==","b":"eA=="},"stringData":{"c":"hunter-333"}}',
  ],
])('what a Secret in %s holds, whatever its keys are called', (_what, manifest) => {
  const result = masked(`${manifest}\n---\nkind: ConfigMap\ndata:\n  d: shown hunter-222`);
  expect(result).not.toMatch(/hunter|aHVud|eA==/);
  expect(result).toMatch(/a\.crt[^]*c[^]*d: shown/);
});

describe('pseudonyms', () => {
  test('are the same for the same value, and others under another key', () => {
    expect(masked('10.0.0.5')).toBe(masked('10.0.0.5'));
    expect(masked('10.0.0.5')).not.toBe(masked('10.0.0.6'));
    expect(new Masker({ key: 'other' }).mask('10.0.0.5')).not.toBe(masked('10.0.0.5'));
  });

  test('are resolved in an answer, however the model wrote them; secrets are not', () => {
    const masker = new Masker({ key });
    const text = 'db.acme.com 10.0.0.5 token=abcdef123';
    const out = masker.mask(text);
    const [host = '', ip = '', token = ''] = out.split(' ');
    expect(
      masker.unmask(`check \`${host}\`, ${ip.replace('<', '&lt;').replace('>', '&gt;')} and ${ip}.`),
    ).toBe('check `db.acme.com`, 10.0.0.5 and 10.0.0.5.');
    expect(masker.unmask(token)).toBe(token);
  });

  test('names of objects keep the shape of names', () => {
    const masker = new Masker({
      key,
      names: [
        { kind: 'workload', name: 'web' },
        { kind: 'ns', name: 'shop' },
        { kind: 'ns', name: 'default' },
      ],
    });
    const text = '{"web":1} kubectl -n shop logs web-7d4b-x2 # web.shop.svc, webhook, default';
    const out = masker.mask(text);
    expect(out).toMatch(
      /^\{"web":1\} kubectl -n ns-\w{6} logs workload-\w{6}-7d4b-x2 # workload-\w{6}\.ns-\w{6}\.svc, webhook, default$/,
    );
    expect(masker.unmask(out)).toBe(text);
  });
});

describe('properties', () => {
  const harmless = constantFrom(
    '10.0.0.5',
    'fd00:1::9',
    'db.acme.com',
    'ann@acme.com',
    'https://x.corp/a',
    ' ',
    '\n',
    '"',
    String.raw`\n`,
    '%2F',
    ': ',
    '-',
    '.',
    '{',
    'web',
    '/24',
  );
  const text = array(oneof(harmless, string({ maxLength: 12, unit: 'binary' })), { maxLength: 30 }).map(
    (parts) => parts.join(''),
  );

  test('masking twice is masking once', () => {
    const parts = array(oneof(harmless, string({ maxLength: 12 })), { maxLength: 30 });
    assert(
      property(parts, (input) => {
        const once = masked(input.join(' '));
        expect(masked(once)).toBe(once);
      }),
      { numRuns: 1000 },
    );
    assert(
      property(text, (input) => {
        const once = masked(input);
        const twice = masked(once);
        for (const placeholder of once.match(/<[a-z-]+:[0-9a-f]{6}>/g) ?? [])
          expect(twice).toContain(placeholder);
      }),
      { numRuns: 1000 },
    );
  });

  test('what has no secret comes back', () => {
    assert(
      property(text, (input) => {
        const masker = new Masker({ key });
        const out = masker.mask(input);
        if (!/\*\*\*|<(?:secret|token|credentials|encoded)/.test(out)) expect(masker.unmask(out)).toBe(input);
      }),
      { numRuns: 2000 },
    );
  });

  test('a known secret never stays, whatever stands round it', () => {
    const secret = string({ minLength: 8, maxLength: 40, unit: 'grapheme-ascii' }).filter(
      (value) => value.trim().length >= 8 && !/^[<*]|[0-9a-f]{6}/.test(value.trim()),
    );
    assert(
      property(tuple(text, text, secret), ([before, after, value]) => {
        const secrets = new SecretMask();
        secrets.add(value);
        const out = new Masker({ key, secrets: [secrets] }).mask(
          `${before} ${value} ${encodeURIComponent(value)} ${JSON.stringify(value)} ${btoa(value)} ${after}`,
        );
        expect(out).not.toContain(value.trim());
        expect(out).not.toContain(btoa(value).slice(0, 10));
      }),
      { numRuns: 1000 },
    );
  });
});

/** Not timed: where the time grew with the square of the length, the suite would not end. */
test.each([
  'password="',
  'password: |\\n ',
  'eyJ',
  'a@',
  'a.',
  'a:',
  '://a:',
  '-----BEGIN PRIVATE KEY-----',
  '\\',
  'Bearer ',
  '%25',
  "token='\\\\\\\\",
])('%j repeated is masked in linear time', (unit) => {
  const result = new Masker({ key, names: [{ kind: 'ns', name: 'shop' }] }).mask(
    unit.repeat(Math.ceil(200_000 / unit.length)),
  );
  expect(result.length).toBeGreaterThan(0);
});
