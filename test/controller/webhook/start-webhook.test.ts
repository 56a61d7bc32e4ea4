import { X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, renameSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ControllerLog } from '../../../src/controller/log/controller-log.ts';
import { openLogger } from '../../../src/controller/log/open-logger.ts';
import { certificateDirectory } from '../../../src/controller/webhook/certificate/certificate-directory.ts';
import {
  issueAuthority,
  issueServing,
  type KeyPair,
} from '../../../src/controller/webhook/certificate/issue-certificate.ts';
import {
  startWebhook,
  type Webhook,
  type WebhookOptions,
} from '../../../src/controller/webhook/start-webhook.ts';

const validity = { fromMs: Date.now() - 60_000, toMs: Date.now() + 3_600_000 };
const authority = await issueAuthority('test', validity);
const newPair = (): Promise<KeyPair> => issueServing(authority, ['127.0.0.1'], validity);

let directory: string;
let webhook: Webhook | undefined;
let log: ControllerLog;
let logged: string[];
let reviews: string[];
let endsMs: number[];
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-webhook-'));
  mount(await newPair(), 'first');
  logged = [];
  reviews = [];
  endsMs = [];
  const stream = { write: (text: string) => void logged.push(text) };
  log = await openLogger({ level: 'info', isTerminal: false, stream, now: () => 0 });
});
afterEach(async () => {
  await webhook?.close();
  webhook = undefined;
  rmSync(directory, { recursive: true });
});

/** As a kubelet does: a new directory, and one link that is swapped. */
function mount({ cert, key }: KeyPair, version: string): void {
  mkdirSync(join(directory, version));
  writeFileSync(join(directory, version, 'tls.crt'), cert);
  writeFileSync(join(directory, version, 'tls.key'), key);
  symlinkSync(version, join(directory, 'new'));
  renameSync(join(directory, 'new'), join(directory, 'data'));
}

async function start(options: Partial<WebhookOptions> = {}): Promise<number> {
  webhook = await startWebhook({
    bind: { host: '127.0.0.1', port: 0 },
    certificates: certificateDirectory({ directory: join(directory, 'data'), log, everyMs: 5 }),
    validate: async () => [],
    log,
    metrics: {
      admission: (kind, outcome) => void reviews.push(`${kind} ${outcome}`),
      certificateEnds: (atMs) => void endsMs.push(atMs),
    },
    ...options,
  });
  return webhook.address.port;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

function send(port: number, body: string | Buffer, path = '/validate', method = 'POST'): Promise<Answer> {
  const agent = new Agent({ ca: authority.cert });
  return new Promise((resolve, reject) => {
    const sent = request({ agent, host: '127.0.0.1', port, path, method }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => (text += part));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function review(spec: unknown): string {
  return JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'u',
      operation: 'CREATE',
      kind: { kind: 'WorkflowRun' },
      namespace: 'team',
      name: 'demo',
      object: { kind: 'WorkflowRun', spec },
    },
  });
}

function servedSerial(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, ca: authority.cert }, () => {
      resolve(socket.getPeerX509Certificate()?.serialNumber ?? '');
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

describe('a review', () => {
  test('is answered as the object deserves', async () => {
    const fault = {
      file: '',
      line: 1,
      column: 1,
      path: 'spec',
      code: 'X',
      severity: 'error',
      message: 'is bad',
    } as const;
    const port = await start({ validate: async ({ spec }) => (spec === 'bad' ? [fault] : []) });
    const answers = await Promise.all([send(port, review('good')), send(port, review('bad'))]);
    expect(answers.map(({ status, text }) => [status, JSON.parse(text)])).toMatchObject([
      [200, { response: { uid: 'u', allowed: true } }],
      [
        200,
        {
          response: {
            uid: 'u',
            allowed: false,
            status: { message: 'WorkflowRun demo is refused: spec: is bad' },
          },
        },
      ],
    ]);
    expect(reviews.toSorted()).toEqual(['WorkflowRun allowed', 'WorkflowRun refused']);
  });

  test('that cannot be decided is an error of the webhook, and says nothing of why', async () => {
    const port = await start({ validate: () => Promise.reject(new Error('no connection')) });
    const answer = await send(port, review('good'));
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain('no connection');
    expect(logged.join('')).toContain('no connection');
    expect(reviews).toEqual(['WorkflowRun error']);
  });

  test.each<[string, string | Buffer]>([
    ['nothing', ''],
    ['no JSON', '{'],
    ['another kind', '{"kind":"Pod"}'],
    ['bytes', Buffer.from([0xff, 0xfe, 0x00])],
    ['too much', Buffer.alloc(8 * 1024 * 1024 + 1, 0x20)],
  ])('of %s is answered 400', async (_what, body) => {
    const port = await start();
    expect(await send(port, body)).toMatchObject({
      status: 400,
      text: expect.stringContaining('AdmissionReview') as string,
    });
    expect(reviews).toEqual([' malformed']);
  });

  test.each([
    ['/', 'POST', 404],
    ['/validate', 'GET', 405],
    ['/validate?timeout=10s', 'POST', 400],
  ])('at %s by %s is answered %i', async (path, method, status) => {
    const port = await start();
    expect((await send(port, '', path, method)).status).toBe(status);
  });
});

describe('a mounted certificate', () => {
  test('is served anew when it changes, while reviews go on', async () => {
    const port = await start();
    const second = await newPair();
    const wanted = new X509Certificate(second.cert).serialNumber;
    expect(await servedSerial(port)).not.toBe(wanted);
    mount(second, 'second');
    const statuses = new Set<number>();
    await expect
      .poll(async () => {
        statuses.add((await send(port, review('good'))).status);
        return servedSerial(port);
      })
      .toBe(wanted);
    expect([...statuses]).toEqual([200]);
    expect(endsMs).toHaveLength(2);
  });

  test('that does not fit its key, or is gone, is not used', async () => {
    const port = await start();
    const before = await servedSerial(port);
    const [one, other] = [await newPair(), await newPair()];
    mount({ cert: one.cert, key: other.key }, 'mixed');
    await expect.poll(() => logged.join('')).toContain('tls.key is not the key of tls.crt');
    rmSync(join(directory, 'mixed'), { recursive: true });
    await expect.poll(() => logged.join('')).toContain('ENOENT');
    expect(await servedSerial(port)).toBe(before);
  });

  test.each([
    ['tls.key is missing', (): void => rmSync(join(directory, 'first', 'tls.key'))],
    ['tls.crt is no certificate', (): void => writeFileSync(join(directory, 'first', 'tls.crt'), 'x')],
  ])('stops the start when %s', async (_what, spoil) => {
    spoil();
    await expect(start()).rejects.toMatchObject({ kind: 'environment', code: 'WebhookCertificate' });
  });
});

test('an address that is taken is said', async () => {
  const port = await start();
  const first = webhook;
  await expect(start({ bind: { host: '127.0.0.1', port } })).rejects.toMatchObject({
    code: 'CannotListen',
    message: expect.stringContaining(`The webhook cannot listen on 127.0.0.1:${port}`) as string,
  });
  webhook = first;
});
