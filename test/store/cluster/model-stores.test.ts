import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ApiClient } from '../../../src/cluster/kubernetes/api-client.ts';
import type { SpendAccount, SpendStore } from '../../../src/llm/budget/spend-store.ts';
import { ClusterSpending } from '../../../src/store/cluster/cluster-spending.ts';
import { ClusterVerdicts } from '../../../src/store/cluster/cluster-verdicts.ts';
import { clusterInstallationKey } from '../../../src/store/cluster/installation-key.ts';
import { withEntry } from '../../../src/store/cluster/verdict-ring.ts';
import { spendCases } from '../../contract/spend-contract.ts';
import { ofGate, stored, verdictCases } from '../../contract/verdict-contract.ts';
import { nowMs } from '../../gate/fixtures.ts';
import { ObjectServer } from './object-server.ts';

let server: ObjectServer;
const clients: ApiClient[] = [];
const key = 'a'.repeat(64);
const dayMs = 24 * 3_600_000;

beforeEach(async () => {
  server = await ObjectServer.open();
});
afterEach(async () => {
  for (const each of clients.splice(0)) await each.close();
  await server.close();
});

function client(): ApiClient {
  const made = server.client();
  clients.push(made);
  return made;
}

function spending(atMs = nowMs): ClusterSpending {
  return new ClusterSpending({ client: client(), namespace: 'vela-system', now: () => atMs });
}

function verdicts(signedWith: string | undefined = key): ClusterVerdicts {
  const options = signedWith === '' ? {} : { key: async () => signedWith };
  return new ClusterVerdicts({ client: client(), now: () => nowMs, ...options });
}

const one = { calls: 1, tokens: 10, microDollars: 3 };
const accounts = (limits: SpendAccount['limits'] = {}): readonly SpendAccount[] => [
  { key: 'run/u1', limits: {} },
  { key: 'namespace/team/2026-11-21', limits: {} },
  { key: 'day/2026-11-21', limits },
];

async function tokens(store: SpendStore): Promise<readonly number[]> {
  const spent = await Promise.all(accounts().map(({ key: account }) => store.spent(account)));
  return spent.map((each) => each.tokens);
}

describe('spending', () => {
  test.each(Object.entries(spendCases))('%s', async (_name, run) => {
    await run(async () => spending().of('team'));
  });

  test('namespaces have days of their own and share one, all in the namespace of the controller', async () => {
    const all = spending();
    await all.of('team').reserve('a', one, accounts());
    await all.of('shop').reserve('b', one, [
      { key: 'namespace/shop/2026-11-21', limits: {} },
      { key: 'day/2026-11-21', limits: {} },
    ]);
    expect(await tokens(spending().of('team'))).toEqual([10, 10, 20]);
    expect(server.names('vela-system', 'configmaps')).toEqual([
      'sluice-model-spend',
      'sluice-model-spend.shop',
      'sluice-model-spend.team',
    ]);
  });

  test('a write whose answer was lost counts once', async () => {
    const store = spending().of('team');
    await store.reserve('a', one, accounts());
    server.fail('lost after', 'lost before', 'lost after');
    await store.reserve('b', one, accounts());
    expect(await tokens(store)).toEqual([20, 20, 20]);
    server.fail('lost after', 'lost after');
    await store.settle('b', { ...one, tokens: 4 });
    expect(await tokens(store)).toEqual([14, 14, 14]);
  });

  test('what cannot be settled stays counted as reserved, and nobody fails over it', async () => {
    const store = spending().of('team');
    await store.reserve('a', one, accounts());
    server.put('vela-system', 'configmaps', 'sluice-model-spend', { content: '{' });
    await store.settle('a', { ...one, tokens: 4 });
    expect((await store.spent('run/u1')).tokens).toBe(4);
  });

  test('the calls of one controller at a time share writes', async () => {
    const store = spending().of('team');
    await Promise.all(Array.from({ length: 50 }, (_, n) => store.reserve(`r${n}`, one, accounts())));
    expect(await tokens(store)).toEqual([500, 500, 500]);
    expect(server.seen.filter((line) => line.startsWith('P')).length).toBeLessThan(20);
  });

  test('what a controller that is gone had reserved stays counted', async () => {
    await spending().of('team').reserve('a', one, accounts());
    expect(
      await spending()
        .of('team')
        .reserve('b', one, accounts({ tokens: 15 })),
    ).toMatchObject({
      kind: 'over',
      key: 'day/2026-11-21',
    });
  });

  test('old days are dropped, runs later', async () => {
    await spending().of('team').reserve('a', one, accounts());
    const later = spending(nowMs + 9 * dayMs).of('team');
    await later.reserve('b', one, [
      { key: 'run/u2', limits: {} },
      { key: 'day/2026-11-30', limits: {} },
    ]);
    expect(await tokens(later)).toEqual([10, 0, 0]);
    await spending(nowMs + 31 * dayMs)
      .of('team')
      .reserve('c', one, [{ key: 'run/u3', limits: {} }]);
    expect(await tokens(later)).toEqual([0, 0, 0]);
  });

  test.each(['', '{', '[]'])('what somebody broke (%j) lets no call through', async (content) => {
    await spending().of('team').reserve('a', one, accounts());
    server.put('vela-system', 'configmaps', 'sluice-model-spend', { content });
    const refused = spending().of('team').reserve('b', one, accounts());
    await expect(refused).rejects.toMatchObject({ code: 'SpendingUnreadable' });
    expect((await spending().of('team').spent('run/u1')).tokens).toBe(10);
  });
});

describe('verdicts', () => {
  test.each(Object.entries(verdictCases))('%s', async (_name, run) => {
    await run(async () => verdicts());
  });

  test('stand in a ConfigMap for each gate, with its name on it', async () => {
    await verdicts().put(stored('v'));
    await verdicts().put(ofGate('a gate with/strange characters', stored('w')));
    const names = server.names('team', 'configmaps');
    expect(names.filter((name) => /^sluice-gate-[0-9a-f]{20}$/.test(name))).toHaveLength(2);
    const objects = names.map((name) => server.get('team', 'configmaps', name)?.metadata);
    expect(objects).toContainEqual(
      expect.objectContaining({
        labels: expect.objectContaining({ 'sluice.dev/gate': 'release' }) as unknown,
        annotations: { 'sluice.dev/gate': 'release' },
      }),
    );
    expect(objects).toContainEqual(
      expect.objectContaining({ annotations: { 'sluice.dev/gate': 'a gate with/strange characters' } }),
    );
  });

  test('without the signature of the installation they open nothing, and are shown to people', async () => {
    await verdicts('b'.repeat(64)).put(stored('forged', { cacheKey: 'k' }));
    const ours = verdicts();
    expect(await ours.reuse('team', 'k', nowMs + 1)).toBeUndefined();
    expect(await ours.get('team', 'forged')).toBeUndefined();
    expect(await ours.history('team', 'release', stored('x').verdict.policy.digest, 9)).toEqual([]);
    expect(await ours.list({ namespace: 'team', limit: 9 })).toEqual([]);
    expect(await verdicts('').list({ namespace: 'team', limit: 9 })).toMatchObject([{ id: 'forged' }]);
  });

  test('a verdict that was changed, or carried to another namespace, is none', async () => {
    await verdicts().put(stored('v', { cacheKey: 'k' }, 11));
    const [name = ''] = server.names('team', 'configmaps').filter((each) => each.startsWith('sluice-gate-'));
    const data = server.get('team', 'configmaps', name)?.data ?? {};
    const index = server.get('team', 'configmaps', 'sluice-gates')?.data ?? {};
    server.put('prod', 'configmaps', name, data);
    server.put('prod', 'configmaps', 'sluice-gates', index);
    expect(await verdicts().get('team', 'v')).toBeDefined();
    expect(await verdicts().list({ namespace: 'prod', limit: 9 })).toEqual([]);
    server.put('team', 'configmaps', name, {
      content: (data['content'] ?? '').replaceAll('"outcome":"fail"', '"outcome":"pass"'),
    });
    expect(await verdicts().get('team', 'v')).toBeUndefined();
  });

  test('without the key nothing is written but that a verdict is invalid', async () => {
    await verdicts().put(stored('v', { cacheKey: 'k' }));
    const person = verdicts('');
    const refused = { kind: 'denied', code: 'VerdictNotSigned' };
    await expect(person.put(stored('w'))).rejects.toMatchObject(refused);
    const override = {
      by: 'j',
      groups: ['g'],
      reason: 'r',
      at: '',
      expires: '',
      previousOutcome: 'fail',
    } as const;
    await expect(person.override('team', 'v', override)).rejects.toMatchObject(refused);
    expect(await person.invalidate('team', 'v', { by: 'jane', why: 'x' })).toBe(true);
    expect(await verdicts().reuse('team', 'k', nowMs + 1)).toBeUndefined();
  });

  test('a ring stays below half a MiB: texts of policies go first, then the oldest verdicts', async () => {
    const store = verdicts();
    const withText = (id: string, atMs: number, length: number) => {
      const entry = stored(id, { storedAtMs: nowMs + atMs });
      const text = { note: 'x'.repeat(length) };
      return { ...entry, verdict: { ...entry.verdict, policy: { ...entry.verdict.policy, text } } };
    };
    for (let n = 0; n < 45; n += 1) await store.put(withText(`v${n}`, n, 15_000));
    const kept = await store.list({ namespace: 'team', limit: 100 });
    expect(kept).toHaveLength(45);
    expect(kept[0]?.verdict.policy.text).not.toBeNull();
    expect(kept.at(-1)?.verdict.policy.text).toBeNull();
    await store.put(withText('huge', 100, 530_000));
    expect((await store.list({ namespace: 'team', limit: 100 })).map(({ id }) => id)).toEqual(['huge']);
  });

  test('many passed verdicts push out no failed one', () => {
    const signed = (id: string, value: number, atMs: number) => ({
      entry: stored(id, { storedAtMs: nowMs + atMs }, value),
      signature: '',
    });
    const passed = Array.from({ length: 203 }, (_, n) => signed(`p${n}`, 1, n));
    const ring = withEntry([signed('failed', 11, -dayMs), ...passed], signed('last', 1, 300), key, nowMs);
    expect(ring.map(({ entry }) => entry.id)).toEqual([
      'failed',
      ...passed.slice(4).map(({ entry }) => entry.id),
      'last',
    ]);
  });

  test('a write whose answer was lost puts one verdict', async () => {
    server.fail('lost after', 'lost after', 'lost before');
    await verdicts().put(stored('v'));
    expect(await verdicts().list({ namespace: 'team', limit: 9 })).toHaveLength(1);
  });

  test('gates that have judged nothing for longest are forgotten', async () => {
    const store = verdicts();
    for (let n = 0; n < 202; n += 1) await store.put(ofGate(`g${n}`, stored(`v${n}`)));
    expect(await store.get('team', 'v1')).toBeUndefined();
    expect(await store.get('team', 'v2')).toBeDefined();
    expect(server.names('team', 'configmaps')).toHaveLength(201);
  });
});

describe('the key of the installation', () => {
  const keyOf = () => clusterInstallationKey(client(), 'vela-system');

  test('is made once, however many controllers ask', async () => {
    const keys = await Promise.all([keyOf(), keyOf(), keyOf()]);
    expect(keys[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set([...keys, await keyOf()]).size).toBe(1);
    expect(server.names('vela-system', 'secrets')).toEqual(['sluice-installation']);
  });

  test('that somebody spoilt is refused, not replaced', async () => {
    server.put('vela-system', 'secrets', 'sluice-installation', { key: 'eA==' });
    await expect(keyOf()).rejects.toMatchObject({ kind: 'environment', code: 'InstallationKeyUnusable' });
  });
});
