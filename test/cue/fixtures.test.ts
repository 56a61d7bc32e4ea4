import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../src/api/json.ts';
import { compileText, context, drive, openTestEngine } from './drive.ts';

const engine = openTestEngine();
afterAll(() => engine.close());

async function compileFixture(name: string) {
  const text = readFileSync(new URL(`./fixtures/${name}.cue`, import.meta.url), 'utf8');
  const definition = await engine.readDefinitionFile(text, `${name}.cue`);
  if (!definition.ok) throw new Error(JSON.stringify(definition.faults));
  expect(definition.name).toBe(name);
  return compileText(engine, definition.template);
}

const deployment = (replicas: number, readyReplicas?: number): Json => ({
  value: {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'my-step', namespace: 'default', uid: 'u' },
    spec: { replicas, strategy: { type: 'RollingUpdate' } },
    status: readyReplicas === undefined ? {} : { readyReplicas },
  },
});

const job = (status: JsonObject): Json => ({
  value: { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j' }, spec: { completions: 1 }, status },
});

const answer = (statusCode: number, body: string): Json => ({
  response: { statusCode, body, header: {}, trailer: {} },
});

const secret: Json = { value: { data: { url: 'aHR0cDovL2NoYXQuZXhhbXBsZS8=', password: 'czNjcjN0' } } };
const cases: readonly {
  name: string;
  fixture: string;
  parameter: JsonObject;
  results?: Record<string, Json>;
  transcript: string[];
}[] = [
  {
    name: 'rollout waits for what it applied, also before a status is there',
    fixture: 'rollout',
    parameter: { image: 'nginx', replicas: 2 },
    results: { output: [deployment(2), deployment(2, 1), deployment(2, 2)] },
    transcript: [
      'apply output',
      'wait wait false <- output',
      'wait wait false <- output',
      'wait wait true <- output',
      'done',
    ],
  },
  {
    name: 'a call that is answered',
    fixture: 'call',
    parameter: { url: 'http://a.example/' },
    results: { req: answer(200, '{"ok":true}') },
    transcript: ['http req', 'wait arrived true <- req', 'done'],
  },
  {
    name: 'a call that is refused',
    fixture: 'call',
    parameter: { url: 'http://a.example/', method: 'POST', body: { a: 1 }, header: { 'X-A': 'b' } },
    results: { req: answer(500, '{}') },
    transcript: [
      'http req',
      'wait arrived true <- req',
      'fail fail.refused "http://a.example/ answered 500"',
    ],
  },
  {
    name: 'a message to an address in the parameter',
    fixture: 'notify',
    parameter: { chat: { url: { value: 'http://chat.example/' }, message: { text: 'hi' } } },
    results: { 'chat.direct': answer(200, 'ok') },
    transcript: ['http chat.direct', 'done'],
  },
  {
    name: 'a message to an address in a Secret',
    fixture: 'notify',
    parameter: { chat: { url: { secretRef: { name: 's', key: 'url' } }, message: { text: 'hi' } } },
    results: { 'chat.read': secret, 'chat.viaSecret': answer(200, 'ok') },
    transcript: ['read chat.read', 'http chat.viaSecret', 'done'],
  },
  {
    name: 'an e-mail with a password from a Secret, used under the alias',
    fixture: 'notify',
    parameter: { mail: { secret: 's', to: ['a@example.com'] } },
    results: { 'mail.secret': secret },
    transcript: ['read mail.secret', 'send-email mail.send', 'done'],
  },
  { name: 'nobody to tell', fixture: 'notify', parameter: {}, transcript: ['done'] },
  {
    name: 'a Job of the old style finishes through the aliases of its status',
    fixture: 'job',
    parameter: { value: { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j' }, spec: {} } },
    results: { apply: [job({}), job({ active: 1 }), job({ succeeded: 1 })] },
    transcript: [
      'apply apply',
      'wait wait false <- apply',
      'wait wait false <- apply',
      'wait wait true <- apply',
      'done',
    ],
  },
  {
    name: 'a Job that fails',
    fixture: 'job',
    parameter: { value: { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j' } } },
    results: { apply: job({ failed: 3 }) },
    transcript: ['apply apply', 'fail fail.tooMany "3 pods failed"'],
  },
  {
    name: 'an object given in the parameter',
    fixture: 'adopt',
    parameter: { data: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } } },
    results: {
      'app.apply': {
        value: { metadata: { generation: 2 }, status: { phase: 'running', observedGeneration: 2 } },
      },
    },
    transcript: ['apply app.apply', 'wait wait true <- app.apply', 'done'],
  },
  {
    name: 'an object kept in a ConfigMap is read before it is applied',
    fixture: 'adopt',
    parameter: { ref: { name: 'cm' } },
    results: {
      'app.source': { value: { data: { object: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n' } } },
      'app.apply': {
        value: {
          metadata: { name: 'a', generation: 1 },
          status: { phase: 'running', observedGeneration: 1 },
        },
      },
    },
    transcript: ['read app.source', 'apply app.apply', 'wait wait true <- app.source app.apply', 'done'],
  },
  {
    name: 'one op a placement',
    fixture: 'spread',
    parameter: { name: 'cm', data: { a: 'b' } },
    results: {
      where: {
        placements: [
          { cluster: 'local', namespace: 'x' },
          { cluster: 'east', namespace: 'y' },
        ],
      },
    },
    transcript: ['placements where', 'apply apply.local', 'apply apply.east', 'done'],
  },
  {
    name: 'a measurement without the optional parameters',
    fixture: 'metrics',
    parameter: { query: 'up', condition: '>0' },
    results: { check: { result: true } },
    transcript: ['prom-check check', 'wait wait true <- check', 'done'],
  },
  {
    name: 'a measurement that fails',
    fixture: 'metrics',
    parameter: { query: 'up', condition: '>0', duration: '1m' },
    results: { check: { result: false, failed: true, message: 'too low' } },
    transcript: ['prom-check check', 'fail fail.breached "too low"'],
  },
  {
    name: 'order by @step, hidden ops, lists, computed labels, an undecidable if',
    fixture: 'order',
    parameter: { names: ['x', 'y'] },
    results: { 'items[0]': { value: { data: { greeting: 'hello' } } } },
    transcript: [
      'log first "first"',
      'log second.a "second a"',
      'log second.b "second b"',
      'log third "third"',
      'log _quiet "hidden"',
      'read items[0]',
      'log items[1] "hello"',
      'log "log-x" "x"',
      'log "log-y" "y"',
      'done',
    ],
  },
  {
    name: 'CUE of before 0.11',
    fixture: 'add-on',
    parameter: { name: 'n', args: ['-v'], set: { a: 'b' } },
    results: { job: { value: { spec: {} } } },
    transcript: ['apply job', 'done'],
  },
];

test.each(cases)('$name', async ({ fixture, parameter, results, transcript }) => {
  const { template, checkParameter } = await compileFixture(fixture);
  expect(await checkParameter(parameter)).toEqual([]);
  expect((await drive(template, parameter, results)).transcript).toEqual(transcript);
});

test('what an optional parameter would have said is not sent', async () => {
  const { template } = await compileFixture('metrics');
  const { params } = await drive(template, { query: 'up', condition: '>0' });
  expect(params['check']).toEqual({ query: 'up', condition: '>0' });
});

test('the repairs of old CUE are warnings with a place', async () => {
  const { warnings, template } = await compileFixture('add-on');
  expect(warnings).toMatchObject([
    { message: 'the import "strings" is not used', at: { source: 'test.cue', line: 3, column: 2 } },
    { message: '`+` on lists was removed from CUE', at: { line: 13 }, hint: 'write list.Concat([x, y])' },
  ]);
  const { params } = await drive(template, { name: 'n', args: ['-v'], set: { a: 'b' } });
  expect(params['job']).toMatchObject({
    value: { spec: { template: { spec: { containers: [{ args: ['enable', 'n', '-v', 'a=b'] }] } } } },
  });
});

test('outputs of both styles are found under the old name', async () => {
  const { template } = await compileFixture('rollout');
  const parameter = { image: 'nginx' };
  const { recorded } = await drive(template, parameter, { output: deployment(1, 1) });
  const value = (expression: string) => template.value({ parameter, context, recorded }, expression);
  expect(await value('output.$returns.value.status.readyReplicas')).toEqual({ ok: true, value: 1 });
  expect(await value('output.value.status.readyReplicas')).toEqual({ ok: true, value: 1 });
  expect(await value('"ready: \\(output.value.status.readyReplicas)"')).toEqual({
    ok: true,
    value: 'ready: 1',
  });
  expect(await value('output.value.status.nope')).toMatchObject({
    ok: false,
    faults: [{ kind: 'incomplete' }],
  });
  expect(await value('context.stepName + "/" + parameter.image')).toEqual({
    ok: true,
    value: 'my-step/nginx',
  });
});
