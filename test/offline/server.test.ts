import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import type { OfflineEngine } from '../../src/offline/server.ts';
import { SluiceError } from '../../src/api/errors.ts';
import { bodyLimitBytes } from '../../src/offline/server.ts';
import { fakeCluster } from '../analyze/fake-cluster.ts';
import {
  availableStatus,
  bareDeployment,
  eventOn,
  podOf,
  replicaSetOf,
  runningStatus,
  soundDeployment,
  waitingStatus,
} from '../analyze/kube-fixtures.ts';
import { ask, post, promptFor, startEngine } from './chat-client.ts';

/** A Deployment whose image cannot be pulled, with what a cluster shows about it. */
function brokenScene(image: string): {
  readonly object: KubeObject;
  readonly objects: readonly KubeObject[];
} {
  const object = bareDeployment(image);
  const replicaSet = replicaSetOf(object);
  const status = waitingStatus('ImagePullBackOff', `Back-off pulling image "${image}"`);
  const pod = podOf(replicaSet, { containers: [{ name: 'web', image }], status });
  const message = `Failed to pull image "${image}": pull access denied, repository does not exist or may require authorization`;
  return { object, objects: [object, replicaSet, pod, eventOn(pod, 'Failed', message, { count: 3 })] };
}

function engineOver(objects: readonly KubeObject[]): Promise<OfflineEngine> {
  return startEngine(() =>
    Promise.resolve([fakeCluster([], { name: 'other' }), fakeCluster(objects, { name: 'test' })]),
  );
}

describe('a diagnosis', () => {
  test('names the root cause from the live state, its evidence, the fix, and what follows', async () => {
    const { object, objects } = brokenScene('ngnix');
    const { status, content, body } = await ask(await engineOver(objects), promptFor('diagnose', object));
    expect(status).toBe(200);
    expect(content).toMatchInlineSnapshot(`
      "Diagnosis of Deployment default/web (live state, in-memory cluster "test")

      Root cause (ImagePullFailed, critical)
      Image "ngnix" of container "web" cannot be pulled: without host and namespace it means docker.io/library/ngnix, and Docker Hub has no official image of that name. Did you mean "nginx"?

      Evidence
      - Pod default/web-7c5ddbdf54-x7k2p: container "web" waits, ImagePullBackOff: Back-off pulling image "ngnix"
      - Event Failed (3x) on Pod default/web-7c5ddbdf54-x7k2p: Failed to pull image "ngnix": pull access denied, repository does not exist or may require authorization

      How to fix it
      - Correct spec.template.spec.containers[0].image (perhaps "nginx"); an image of your own is named with its registry or namespace, such as registry.example.com/team/app:1.2.

      Commands
      - sluice cluster describe deployment web -n default --cluster test

      Follows from it
      - The rollout is not finished: 0 of 1 replicas are available.

      Answered by Sluice's offline engine: fixed rules over the object and its live state, no language model."
    `);
    const usage = body['usage'] as Record<string, number>;
    expect(usage['prompt_tokens']).toBeGreaterThan(100);
    expect(usage['completion_tokens']).toBeGreaterThan(100);
    expect(body).toMatchObject({
      object: 'chat.completion',
      model: 'sluice-offline',
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant' } }],
      sluice: { engine: 'offline', question: 'diagnose' },
    });
    expect(body['id']).toMatch(/^chatcmpl-.+/);
    expect(body['created']).toBe(1772366400);
  });

  test('has Chinese headings where Chinese is asked for, and says that the findings are English', async () => {
    const { object, objects } = brokenScene('ngnix');
    const { content } = await ask(await engineOver(objects), promptFor('diagnose', object, 'Chinese'));
    expect(content).toContain('根本原因');
    expect(content).toContain('因此以下结论为英文');
    expect(content).toContain('Did you mean "nginx"?');
  });

  test('of what works says so, and what could be better', async () => {
    const object = bareDeployment('nginx:1.27', { status: availableStatus });
    const replicaSet = replicaSetOf(object);
    const objects = [object, replicaSet, podOf(replicaSet, { status: runningStatus(true) })];
    const { content } = await ask(await engineOver(objects), promptFor('diagnose', object));
    expect(content).toContain('Nothing is wrong with it now. 1 of 1 replicas are available.');
    expect(content).toContain('PrivilegeEscalationAllowed');
    expect(content).not.toContain('Root cause');
  });

  test('of what is under way shows how far it is, and calls nothing a cause', async () => {
    const object = bareDeployment('nginx:1.27');
    const replicaSet = replicaSetOf(object);
    const pod = podOf(replicaSet, { status: waitingStatus('ContainerCreating') });
    const events = [eventOn(pod, 'Pulling', 'Pulling image "nginx:1.27"', { type: 'Normal' })];
    const { content } = await ask(
      await engineOver([object, replicaSet, pod, ...events]),
      promptFor('diagnose', object),
    );
    expect(content).toContain('Nothing has failed, but it is not there yet (RolloutInProgress, medium)');
    expect(content).toContain('not ready: Pending, ContainerCreating');
    expect(content).toContain('Pulling image "nginx:1.27"');
    expect(content).not.toContain('Root cause');
  });

  test('of what has finished since the prompt was written says that more time would have been enough', async () => {
    const asked = bareDeployment('nginx:1.27');
    const object = { ...asked, status: availableStatus };
    const replicaSet = replicaSetOf(object);
    const { content } = await ask(
      await engineOver([object, replicaSet, podOf(replicaSet, { status: runningStatus(true) })]),
      promptFor('diagnose', asked),
    );
    expect(content).toContain('give that step more time');
  });

  test('of what was changed since the prompt was written says so', async () => {
    const { object, objects } = brokenScene('ngnix');
    const older = { ...object, metadata: { ...object.metadata, generation: 0 } };
    expect((await ask(await engineOver(objects), promptFor('diagnose', older))).content).toContain(
      'generation 1, in the prompt 0',
    );
  });

  test('judges the live object, not the older copy in the prompt', async () => {
    const { object, objects } = brokenScene('ngnix');
    const older = { ...object, status: availableStatus };
    expect((await ask(await engineOver(objects), promptFor('diagnose', older))).content).toContain(
      'ImagePullFailed',
    );
  });

  test('of an object that no cluster has says that it was judged by its text', async () => {
    const { object } = brokenScene('ngnix');
    const { content } = await ask(await engineOver([]), promptFor('diagnose', object));
    expect(content).toContain('judged by its text alone');
    expect(content).toContain('no cluster of this run has an object with its uid');
    expect(content).not.toContain('ImagePullFailed');
  });

  test('does not take another object of the same name for it', async () => {
    const { object, objects } = brokenScene('ngnix');
    const other = { ...object, metadata: { ...object.metadata, uid: 'uid-of-another' } };
    expect((await ask(await engineOver(objects), promptFor('diagnose', other))).content).toContain(
      'by its text alone',
    );
  });

  test('goes on when a cluster cannot be read, and says so', async () => {
    const { object } = brokenScene('ngnix');
    const denied = fakeCluster([], { name: 'test', denied: ['Deployment'] });
    const { content } = await ask(
      await startEngine(() => Promise.resolve([denied])),
      promptFor('diagnose', object),
    );
    expect(content).toMatch(
      /Not checked\n- live state: cluster "test" cannot be read: Deployment is forbidden/,
    );
  });
});

describe('an audit', () => {
  test('is imperative bullet points, the worst first', async () => {
    const object = soundDeployment({
      pod: { hostNetwork: true },
      container: { securityContext: { privileged: true, readOnlyRootFilesystem: null }, livenessProbe: null },
    });
    const { content } = await ask(await startEngine(), promptFor('audit', object));
    const bullets = content.split('\n').filter((line) => line.startsWith('- '));
    expect(bullets.map((line) => line.split('. ')[0])).toMatchInlineSnapshot(`
      [
        "- [critical] Take the privilege away: remove spec.template.spec.containers[0].securityContext.privileged, and add the one capability or device that is needed",
        "- [high] Leave the host's namespace: remove spec.template.spec.hostNetwork or set it to false",
        "- [low] Make the root filesystem read-only: set spec.template.spec.containers[0].securityContext.readOnlyRootFilesystem to true, and mount an emptyDir where the program writes",
        "- [low] Add spec.template.spec.containers[0].livenessProbe, cheaper and more patient than the readiness probe",
      ]
    `);
  });

  test('never shows the value of a variable', async () => {
    const env = [{ name: 'DB_PASSWORD', value: 'hunter2-plain' }];
    const { content } = await ask(
      await startEngine(),
      promptFor('audit', soundDeployment({ container: { env } })),
    );
    expect(content).toContain('DB_PASSWORD');
    expect(content).not.toContain('hunter2');
  });

  test('names the containers that share a fault once', async () => {
    const template = bareDeployment('nginx:1.27');
    const containers = ['a', 'b', 'c'].map((name) => ({ name, image: `registry.example.com/${name}:1` }));
    const object = { ...template, spec: { template: { spec: { containers } } } };
    const { content } = await ask(await startEngine(), promptFor('audit', object));
    expect(content.match(/Forbid privilege escalation/g)).toHaveLength(1);
    expect(content).toContain('The same for containers "b", "c".');
  });

  test('of a sound object finds nothing, of a kind without rules says that it was not audited', async () => {
    const engine = await startEngine();
    expect((await ask(engine, promptFor('audit', soundDeployment()))).content).toContain(
      'No rule found a security misconfiguration.',
    );
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: {} };
    expect((await ask(engine, promptFor('audit', service))).content).toContain('Not audited');
  });
});

describe('a score', () => {
  test('is the number and nothing else; how it came about stands beside it', async () => {
    const engine = await startEngine();
    const { content, body } = await ask(engine, promptFor('score', bareDeployment('nginx')));
    expect(content).toMatch(/^\d{1,3}$/);
    const { explanation } = body['sluice'] as { readonly explanation: readonly string[] };
    expect(explanation[0]).toContain(`${content} of 100`);
    expect(explanation).toContainEqual(expect.stringContaining('ImageTagMutable'));
    expect(engine.explain(body['id'] as string)).toEqual(explanation);
    expect(engine.explain('chatcmpl-unknown')).toBeUndefined();
  });

  test('of a hardened Deployment is high, of one that cannot run low', async () => {
    const { object, objects } = brokenScene('ngnix:1.27');
    const engine = await engineOver(objects);
    expect(Number((await ask(engine, promptFor('score', soundDeployment()))).content)).toBeGreaterThanOrEqual(
      90,
    );
    expect(Number((await ask(engine, promptFor('score', object))).content)).toBeLessThanOrEqual(20);
  });

  test('of several objects is that of the worst', async () => {
    const list = {
      apiVersion: 'v1',
      kind: 'List',
      metadata: {},
      items: [soundDeployment(), bareDeployment('nginx')],
    } as unknown as KubeObject;
    const engine = await startEngine();
    const alone = (await ask(engine, promptFor('score', bareDeployment('nginx')))).content;
    expect((await ask(engine, promptFor('score', list))).content).toBe(alone);
  });

  const refused: readonly (readonly [string, string])[] = [
    ['there is no object', promptFor('score', null)],
    ['the content is words', promptFor('score', 'my deployment is great, give it 100')],
    [
      'it has no containers',
      promptFor('score', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'x' } }),
    ],
    [
      'no rule knows its kind',
      promptFor('score', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } }),
    ],
    ['the scale is another', 'Score this out of 10.\n' + JSON.stringify(soundDeployment())],
    [
      'there are too many',
      promptFor('score', Array.from({ length: 60 }, () => soundDeployment()) as unknown as KubeObject),
    ],
    ['it nests too deep', `Answer with score only.\n---\n${'['.repeat(5000)}${']'.repeat(5000)}\n---`],
    ['it is cut off', promptFor('score', soundDeployment()).replace(/\}\}\n/, '\n')],
  ];

  test.each(refused)('is refused when %s, without a digit that could pass for one', async (_name, prompt) => {
    const { status, content } = await ask(await startEngine(), prompt);
    expect(status).toBe(200);
    expect(content).toMatch(/^cannot score: [^0-9]+$/);
  });

  test('is refused when the live state cannot be read', async () => {
    const denied = fakeCluster([], { name: 'cluster-9', denied: ['Deployment'] });
    const engine = await startEngine(() => Promise.resolve([denied]));
    expect((await ask(engine, promptFor('score', bareDeployment()))).content).toMatch(
      /^cannot score: [^0-9]+$/,
    );
    const broken = await startEngine(() =>
      Promise.reject(new SluiceError('environment', 'X', 'kubeconfig 1 is gone')),
    );
    expect((await ask(broken, promptFor('score', bareDeployment()))).content).toMatch(
      /^cannot score: [^0-9]+$/,
    );
  });
});

describe('without an object', () => {
  test.each(['diagnose', 'audit'] as const)('%s says so plainly', async (asked) => {
    const { content } = await ask(await startEngine(), promptFor(asked, null));
    expect(content).toContain('There is no Kubernetes object in the prompt');
  });
});

test('every answer in words says what it is', async () => {
  const engine = await startEngine();
  for (const asked of ['diagnose', 'audit'] as const) {
    for (const language of ['English', 'Chinese', 'Klingon']) {
      // oxlint-disable-next-line no-await-in-loop
      const { content } = await ask(engine, promptFor(asked, bareDeployment(), language));
      expect(content.split('\n').at(-1)).toMatch(/no language model|未使用语言模型/);
    }
  }
});

describe('the protocol', () => {
  const good = { model: 'm', messages: [{ role: 'user', content: 'hello' }] };
  const bad: readonly (readonly [string, unknown, string | null])[] = [
    ['no JSON', '{', null],
    ['no object', [], null],
    ['no model', { messages: good.messages }, 'model'],
    ['no messages', { model: 'm' }, 'messages'],
    ['empty messages', { model: 'm', messages: [] }, 'messages'],
    ['a message that is none', { model: 'm', messages: ['x'] }, 'messages[0]'],
    ['null content', { model: 'm', messages: [{ role: 'user', content: null }] }, 'messages[0].content'],
    ['missing content', { model: 'm', messages: [{ role: 'user' }] }, 'messages[0].content'],
    [
      'an object as content',
      { model: 'm', messages: [{ role: 'user', content: {} }] },
      'messages[0].content',
    ],
    [
      'an image part',
      { model: 'm', messages: [{ role: 'user', content: [{ type: 'image_url' }] }] },
      'messages[0].content',
    ],
    ['an unknown role', { model: 'm', messages: [{ role: 'king', content: 'x' }] }, 'messages[0].role'],
    ['only a system message', { model: 'm', messages: [{ role: 'system', content: 'x' }] }, 'messages'],
    ['streaming', { ...good, stream: true }, 'stream'],
    ['several choices', { ...good, n: 2 }, 'n'],
    ['a JSON format', { ...good, response_format: { type: 'json_object' } }, 'response_format'],
  ];

  test.each(bad)('%s is a 400 with an error as OpenAI writes it', async (_name, body, param) => {
    const reply = await post(await startEngine(), typeof body === 'string' ? body : JSON.stringify(body));
    expect(reply.status).toBe(400);
    expect(reply.body).toEqual({
      error: {
        message: expect.stringMatching(/\w/) as string,
        type: 'invalid_request_error',
        param,
        code: null,
      },
    });
  });

  test('text parts, system messages and sampling fields are accepted', async () => {
    const messages = [
      { role: 'system', content: 'Answer with score only, out of 100.' },
      { role: 'user', content: 'something older' },
      { role: 'assistant', content: null },
      { role: 'user', content: [{ type: 'text', text: JSON.stringify(soundDeployment()) }] },
    ];
    const reply = await post(
      await startEngine(),
      JSON.stringify({ model: 'm', messages, temperature: 0, max_tokens: 5, stream: false, n: 1 }),
    );
    expect(reply.content).toBe('100');
  });

  test('deep JSON is refused, not a crash', async () => {
    const engine = await startEngine();
    const deep = `{"model":"m","messages":${'['.repeat(1_000_000)}`;
    expect((await post(engine, deep)).status).toBe(400);
    expect((await post(engine, JSON.stringify(good))).status).toBe(200);
  });

  test('a body over the limit is a 413, with and without its length announced', async () => {
    const engine = await startEngine();
    expect(await statusOf(engine, { 'content-length': String(bodyLimitBytes + 1) }, '')).toBe(413);
    expect(await statusOf(engine, { 'transfer-encoding': 'chunked' }, ' '.repeat(bodyLimitBytes + 10))).toBe(
      413,
    );
  });

  test('a body that is not UTF-8 is a 400', async () => {
    expect((await post(await startEngine(), new Uint8Array([0xff, 0xfe, 0x7b]))).status).toBe(400);
  });

  test('lists its model', async () => {
    const engine = await startEngine();
    const models = (await (await fetch(`${engine.url}/models`)).json()) as JsonObject;
    expect(models).toMatchObject({ object: 'list', data: [{ id: 'sluice-offline', object: 'model' }] });
    expect((await fetch(`${engine.url}/models/sluice-offline`)).status).toBe(200);
    expect((await fetch(`${engine.url}/models/gpt-4`)).status).toBe(404);
  });

  test('other paths, methods and tokens are a 404', async () => {
    const engine = await startEngine();
    const body = JSON.stringify(good);
    expect((await post(engine, body, '/completions')).status).toBe(404);
    expect((await fetch(`${engine.url}/chat/completions`)).status).toBe(404);
    const guessed = await fetch(`${new URL(engine.url).origin}/v1/chat/completions`, {
      method: 'POST',
      body,
    });
    expect(guessed.status).toBe(404);
    expect(await guessed.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
  });

  test.each(['evil.example', 'evil.example:80', '127.0.0.1.evil.example', 'localhost@evil.example'])(
    'the Host %j is refused',
    async (host) => {
      expect(await statusOf(await startEngine(), { host }, JSON.stringify(good))).toBe(403);
    },
  );

  test.each(['localhost', '127.0.0.1:1', '[::1]:1'])('the Host %j is accepted', async (host) => {
    expect(await statusOf(await startEngine(), { host }, JSON.stringify(good))).toBe(200);
  });

  test('after close nothing answers, and closing again is no fault', async () => {
    const engine = await startEngine();
    await engine.close();
    await engine.close();
    await expect(fetch(`${engine.url}/models`)).rejects.toThrow();
  });
});

function statusOf(
  engine: OfflineEngine,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<number> {
  const url = new URL(`${engine.url}/chat/completions`);
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: url.hostname, port: url.port, path: url.pathname, method: 'POST', headers },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}
