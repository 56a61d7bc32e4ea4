import { afterEach, expect, test } from 'vitest';
import { staticAccess } from '../../src/cluster/kubernetes/access.ts';
import { ApiClient } from '../../src/cluster/kubernetes/api-client.ts';
import { openRights, type Rights } from '../../src/controller/rights.ts';
import { answerJson, answerStatus, ApiServer } from '../cluster-port/api-server.ts';
import { openMemory } from '../cluster-port/fixtures.ts';
import { ManualClock } from '../cluster-port/manual-clock.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

interface Place {
  readonly rights: Rights;
  readonly clock: ManualClock;
  readonly server: ApiServer;
}

/** A server that lets Sluice act as `enabled/runner` and breaks for the namespace `broken`. */
async function open(): Promise<Place> {
  const clock = new ManualClock();
  const server = await ApiServer.over((await openMemory()).cluster);
  server.intercept = ({ body }, response) => {
    const review = JSON.parse(body) as { spec: { resourceAttributes: Record<string, string> } };
    const { namespace, name, verb, resource } = review.spec.resourceAttributes;
    if (namespace === 'broken') answerStatus(response, 503, 'ServiceUnavailable', 'etcd is away');
    else {
      const asked = [verb, resource, namespace, name].join(' ');
      const allowed = asked === 'impersonate serviceaccounts enabled runner';
      answerJson(response, 201, { ...review, status: { allowed } });
    }
    return true;
  };
  const access = staticAccess(server.url, 'this cluster', { headers: {}, tls: {} });
  const client = new ApiClient({ access, timeoutMs: 10_000, limitBytes: 100_000 });
  closers.push(
    () => server.close(),
    () => client.close(),
  );
  return { rights: openRights({ client, now: clock.now }), clock, server };
}

test('an enabled namespace is allowed, another is refused with the command that enables it', async () => {
  const { rights } = await open();
  expect(await rights.check('enabled', 'runner')).toBe('allowed');
  for (const [namespace, account] of [
    ['other', 'runner'],
    ['enabled', 'root'],
  ] as const) {
    expect(await rights.check(namespace, account)).toEqual({
      refused: expect.stringContaining(
        `sluice install --namespace ${namespace} --service-account ${account} --apply`,
      ) as string,
    });
  }
});

test('what was allowed is asked again after a minute, what was refused after five seconds', async () => {
  const { rights, clock, server } = await open();
  const ask = async (namespace: string): Promise<number> => {
    await rights.check(namespace, 'runner');
    return server.seen.length;
  };
  expect(await ask('enabled')).toBe(1);
  expect(await ask('other')).toBe(2);
  clock.advance(4999);
  expect(await ask('other')).toBe(2);
  clock.advance(1);
  expect(await ask('other')).toBe(3);
  clock.advance(54_999);
  expect(await ask('enabled')).toBe(3);
  clock.advance(1);
  expect(await ask('enabled')).toBe(4);
});

test('many who ask at once are one request', async () => {
  const { rights, server } = await open();
  const answers = await Promise.all(Array.from({ length: 20 }, () => rights.check('enabled', 'runner')));
  expect(new Set(answers)).toEqual(new Set(['allowed']));
  expect(server.seen).toHaveLength(1);
});

test('a server that cannot say is transient, and is asked again', async () => {
  const { rights, server } = await open();
  await expect(rights.check('broken', 'runner')).rejects.toMatchObject({ kind: 'transient' });
  await expect(rights.check('broken', 'runner')).rejects.toMatchObject({ kind: 'transient' });
  expect(server.seen).toHaveLength(2);
});
