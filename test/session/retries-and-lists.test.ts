import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Session } from '../../src/runner/session.ts';
import { serveHttp, type Running } from '../net/loopback.ts';
import { execute, fileOf, openTestSession, type Executed } from './open-test-session.ts';

let session: Session;
let server: Running;
let seen: { readonly what: string; readonly key: string; readonly body: string }[];
let underWay: { now: number; most: number };
/** Whether the server leaves a request without an answer, or breaks it off. */
let misbehave: (what: string, nth: number) => 'hang' | 'break' | undefined;

beforeEach(async () => {
  seen = [];
  underWay = { now: 0, most: 0 };
  misbehave = () => undefined;
  session = await openTestSession();
  server = await serveHttp((request, response) => void answer(request, response));
});
afterEach(async () => {
  await session.close();
  await server.close();
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  underWay.now += 1;
  underWay.most = Math.max(underWay.most, underWay.now);
  response.once('close', () => (underWay.now -= 1));
  const chunks: string[] = [];
  for await (const chunk of request) chunks.push(String(chunk));
  const body = chunks.join('');
  const what = `${request.method} ${request.url}`;
  const nth = seen.filter((other) => other.what === what).length;
  seen.push({ what, key: String(request.headers['idempotency-key']), body });
  const trick = misbehave(what, nth);
  if (trick === 'break') request.socket.destroy();
  if (trick !== undefined) return;
  response.setHeader('content-type', 'application/json');
  response.end(request.url === '/regions' ? '["eu","us","ap"]' : JSON.stringify({ got: body }));
}

async function run(steps: string): Promise<Executed> {
  const text = `apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata: {name: demo}
spec:
  workflowSpec:
    steps:
${steps.replaceAll('SERVER', server.url)}`;
  return execute(session, [fileOf('run.yaml', text)]);
}

const send = (method: string, retry: string): Promise<Executed> =>
  run(`    - name: send
      type: request
      retry: ${retry}
      properties: {url: SERVER/hook, method: ${method}, body: {a: 1}}
`);

describe('a request without an answer', () => {
  test.each([
    ['PUT', '{delay: 1ms, attemptTimeout: 300ms}', 'hang', 'succeeded', 2],
    ['POST', '{delay: 1ms, attemptTimeout: 300ms}', 'hang', 'failed', 1],
    ['POST', '{delay: 1ms, attemptTimeout: 300ms, errors: [unknown]}', 'hang', 'succeeded', 2],
    ['PUT', '{delay: 1ms}', 'break', 'succeeded', 2],
    ['POST', '{delay: 1ms}', 'break', 'failed', 1],
    ['POST', '{delay: 1ms, errors: [unknown]}', 'break', 'succeeded', 2],
  ] as const)('%s with retry %s, when it would %s, has %s', async (method, retry, trick, phase, count) => {
    misbehave = (_what, nth) => (nth === 0 ? trick : undefined);
    const { view } = await send(method, retry);
    expect([view.phase, seen.length]).toEqual([phase, count]);
    // Whoever receives it twice can tell.
    expect(new Set(seen.map(({ key }) => key)).size).toBe(1);
    if (phase === 'failed') expect(view.steps[0]).toMatchObject({ reason: 'Unknown' });
  });
});

test('a step is done for each item of a list that another step found, so many at a time', async () => {
  const { view } = await run(`    - name: find
      type: request
      properties: {url: SERVER/regions}
      outputs: [{name: regions, valueFrom: response}]
    - name: deploy
      type: request
      forEach: {from: regions, maxParallel: 2}
      inputs: [{from: item, parameterKey: body.region}, {from: index, parameterKey: body.position}]
      properties: {url: SERVER/deploy, method: POST, body: {}}
      outputs: [{name: answers, valueFrom: response.got}]
    - name: report
      type: print-message-in-status
      inputs: [{from: 'answers[2]', parameterKey: message}]
      properties: {}
`);
  expect(view.phase).toBe('succeeded');
  const posts = seen.filter(({ what }) => what === 'POST /deploy');
  expect(posts.map(({ body }) => body).toSorted()).toEqual([
    '{"region":"ap","position":2}',
    '{"region":"eu","position":0}',
    '{"region":"us","position":1}',
  ]);
  expect(new Set(posts.map(({ key }) => key)).size).toBe(3);
  expect(underWay.most).toBeLessThanOrEqual(2);
  expect(view.steps[2]?.message).toBe('{"region":"ap","position":2}');
});
