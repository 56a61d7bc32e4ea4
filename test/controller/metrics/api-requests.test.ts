import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { staticAccess } from '../../../src/cluster/kubernetes/access.ts';
import { ApiClient } from '../../../src/cluster/kubernetes/api-client.ts';
import { countRequests, requestFacts } from '../../../src/controller/metrics/api-request-facts.ts';
import type { ApiRequestFacts } from '../../../src/controller/metrics/controller-metrics.ts';

const runs = '/apis/core.oam.dev/v1alpha1/namespaces/team/workflowruns';

test.each([
  ['GET', '/api/v1/namespaces/team/secrets/s', 'get', 'secrets'],
  ['GET', '/api/v1/namespaces', 'list', 'namespaces'],
  ['GET', '/api/v1/namespaces/team', 'get', 'namespaces'],
  ['GET', '/apis/core.oam.dev/v1alpha1/workflowruns?limit=500', 'list', 'workflowruns'],
  ['GET', `${runs}?resourceVersion=1&watch=true`, 'watch', 'workflowruns'],
  ['GET', `${runs}?watch=1`, 'watch', 'workflowruns'],
  ['PUT', `${runs}/demo/status`, 'update', 'workflowruns/status'],
  ['PATCH', `${runs}/demo?fieldManager=sluice`, 'patch', 'workflowruns'],
  ['POST', '/api/v1/namespaces/team/events', 'create', 'events'],
  ['DELETE', `${runs}/demo`, 'delete', 'workflowruns'],
  ['DELETE', runs, 'deletecollection', 'workflowruns'],
  ['GET', '/apis', 'get', 'none'],
  ['GET', '/api/v1', 'get', 'none'],
  ['GET', '/version', 'get', 'none'],
] as const)('%s %s is %s %s', (method, path, verb, resource) => {
  expect(requestFacts({ method, path })).toEqual({ verb, resource });
});

test('every request of a client is counted, also in another name, unanswered, and as a stream', async () => {
  const server = createServer((request, response) => {
    if (request.url?.includes('broken') === true) response.destroy();
    else response.writeHead(request.url?.includes('none') === true ? 404 : 200).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const access = staticAccess(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'test', {
    headers: {},
    tls: {},
  });
  const counted: ApiRequestFacts[] = [];
  const observe = countRequests({ apiRequest: (facts) => void counted.push(facts) });
  const client = new ApiClient({ access, timeoutMs: 10_000, limitBytes: 1000, observe });
  try {
    const get = { method: 'GET', doing: 'get' } as const;
    await client.send({ ...get, path: '/api/v1/namespaces/team/secrets/s' });
    await client.as('someone').find({ ...get, path: '/api/v1/namespaces/team/secrets/none' });
    await expect(client.send({ ...get, path: '/api/v1/nodes/broken' })).rejects.toThrow('did not answer');
    await client.stream('/api/v1/pods?watch=true', 'watch', AbortSignal.timeout(10_000));
  } finally {
    await client.close();
    server.closeAllConnections();
    server.close();
  }
  const seconds = expect.any(Number) as number;
  expect(counted).toEqual([
    { verb: 'get', resource: 'secrets', code: 200, seconds },
    { verb: 'get', resource: 'secrets', code: 404, seconds },
    { verb: 'get', resource: 'nodes', code: 'error', seconds },
    { verb: 'watch', resource: 'pods', code: 200 },
  ]);
});
