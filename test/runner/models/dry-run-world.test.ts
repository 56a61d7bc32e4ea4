import { afterEach, beforeEach, expect, test } from 'vitest';
import type { KubeObject } from '../../../src/api/kube-object.ts';
import type { Clusters } from '../../../src/cluster/port.ts';
import { openHttpClient } from '../../../src/net/open-http-client.ts';
import { readingHttp, unsentMail, unwritten } from '../../../src/runner/models/dry-run-world.ts';
import { openTestSession } from '../../session/open-test-session.ts';
import { serveHttp, type Running } from '../../net/loopback.ts';
import { calm } from '../../llm/model-server.ts';

const web: KubeObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'web', namespace: 'default' },
  data: { a: 'b' },
};
const ref = { apiVersion: 'v1', kind: 'ConfigMap', name: 'web', namespace: 'default' };

let real: Clusters;
let close: () => Promise<void>;

beforeEach(async () => {
  const session = await openTestSession();
  real = session.clusters;
  close = () => session.close();
});
afterEach(() => close());

test('a cluster of a dry run is read, and nothing is written to it', async () => {
  const clusters = unwritten(real);
  expect([clusters.kind, await clusters.names()]).toEqual([real.kind, await real.names()]);
  const [dry, cluster] = [await clusters.get(''), await real.get('')];
  expect(await dry.apply(web)).toEqual(web);
  expect(await cluster.get(ref)).toBeUndefined();
  await cluster.apply(web);
  expect(await dry.get(ref)).toMatchObject({ data: { a: 'b' } });
  expect(await dry.list({ apiVersion: 'v1', kind: 'ConfigMap' })).toMatchObject([{ data: { a: 'b' } }]);
  await expect(dry.patch(ref, { data: { a: 'c' } })).rejects.toMatchObject({
    code: 'DryRun',
    message: 'dry run: ConfigMap web was not patched',
  });
  await expect(dry.delete(ref)).rejects.toThrow('ConfigMap web was not deleted');
  expect(await cluster.get(ref)).toMatchObject({ data: { a: 'b' } });
});

test('a mail of a dry run is not sent', async () => {
  const mail = { host: 'mail.example', port: 587, from: { address: 'a@b.example' }, to: ['c@d.example'] };
  const rest = { subject: '', html: '', messageId: '<a@b>', timeoutMs: 5000, signal: calm() };
  await expect(unsentMail.send({ ...mail, ...rest })).rejects.toMatchObject({ code: 'DryRun' });
});

test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('a %s of a dry run is not sent', async (method) => {
  const seen: string[] = [];
  const server: Running = await serveHttp((request, response) => {
    seen.push(request.method ?? '');
    response.end('x');
  });
  const http = readingHttp(openHttpClient({ egress: { allowLoopback: true } }));
  const request = { url: server.url, headers: {}, timeoutMs: 5000, limitBytes: 1000, signal: calm() };
  await expect(http.send({ ...request, method })).rejects.toMatchObject({ kind: 'terminal', code: 'DryRun' });
  expect((await http.send({ ...request, method: 'GET' })).body).toBe('x');
  expect(seen).toEqual(['GET']);
  await http.close();
  await server.close();
});
