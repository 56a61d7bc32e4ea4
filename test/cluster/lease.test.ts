import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import { staticAccess } from '../../src/cluster/kubernetes/access.ts';
import { ApiClient } from '../../src/cluster/kubernetes/api-client.ts';
import { ownRights } from '../../src/controller/install/rights.ts';
import { ShardOwner } from '../../src/controller/lease/shard-owner.ts';
import { KubeApi } from './kube-api.ts';
import { accessOf } from './real-clusters.ts';
import { Relay } from './relay.ts';

const durationMs = 2_000;
const api = new KubeApi('main');
const uids = Array.from({ length: 30 }, (_, index) => `6e5b1c0a-0000-4000-8000-${1000 + index}`);
let namespace: string;
let client: ApiClient;
let holders: Holder[];

beforeAll(() => {
  client = openClient(accessOf('main').server);
});
beforeEach(async () => {
  namespace = await api.newNamespace();
  holders = [];
});
afterEach(async () => {
  await Promise.all(holders.map((holder) => holder.owner.release()));
});
afterAll(async () => {
  await client?.close();
  await api.close();
});

function openClient(server: string): ApiClient {
  const { ca, token } = accessOf('main');
  const access = staticAccess(server, 'main', { headers: { authorization: `Bearer ${token}` }, tls: { ca } });
  return new ApiClient({ access, timeoutMs: 30_000, limitBytes: 10_000_000 });
}

/** One that wants a shard, as a process would. */
class Holder {
  readonly owner: ShardOwner;
  readonly identity: string;
  readonly ended: Promise<void>;
  readonly changes: string[] = [];
  readonly #dying = new AbortController();
  #onChange: () => void = () => undefined;

  constructor(identity: string, shard: string, options: { clockMs?: number; through?: ApiClient } = {}) {
    const [index = 0, count = 1] = shard.split('/').map(Number);
    this.identity = identity;
    this.owner = new ShardOwner({
      client: options.through ?? client,
      namespace,
      identity,
      shard: { index, count },
      durationMs,
      now: () => Date.now() + (options.clockMs ?? 0),
      monotonicNow: () => performance.now(),
    });
    this.owner.onChange((shards) => {
      this.changes.push(shards.join());
      this.#onChange();
    });
    this.ended = this.owner.start(this.#dying.signal);
    this.ended.catch(() => undefined);
    holders.push(this);
  }

  /** Resolves when it holds exactly these shards. */
  async holds(shards: string): Promise<void> {
    while (this.changes.at(-1) !== shards) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#onChange = resolve;
      // oxlint-disable-next-line no-await-in-loop -- one change after the other
      await promise;
    }
  }

  owned(): readonly string[] {
    return uids.filter((uid) => this.owner.owns(uid));
  }

  /** As a kill does it: nothing is released. */
  die(): void {
    this.#dying.abort();
  }
}

async function leaseSpec(name = 'sluice-controller-0-of-1'): Promise<JsonObject> {
  const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${name}`;
  return (await api.do('GET', path))['spec'] as JsonObject;
}

describe('one lease', () => {
  test('is held by one; released, it is the next one’s at once', async () => {
    const first = new Holder('first', '0/1');
    await first.holds('0');
    expect(first.owned()).toEqual(uids);
    expect(first.owner.validUntil('x')).toBeGreaterThan(performance.now());
    const second = new Holder('second', '0/1');
    await first.owner.release();
    expect(first.changes).toEqual(['0', '']);
    expect(first.owned()).toEqual([]);
    expect(first.owner.validUntil('x')).toBe(-Infinity);
    await second.holds('0');
    expect(await leaseSpec()).toMatchObject({ holderIdentity: 'second', leaseTransitions: 1 });
  });

  test.each([
    ['with clocks that agree', 0],
    ['with a clock an hour ahead', 3_600_000],
    ['with a clock an hour behind', -3_600_000],
  ])('is taken over from who died without a word, %s', async (_clocks, clockMs) => {
    const first = new Holder('first', '0/1');
    await first.holds('0');
    const second = new Holder('second', '0/1', { clockMs });
    const third = new Holder('third', '0/1', { clockMs: -clockMs });
    first.die();
    await Promise.race([second.holds('0'), third.holds('0')]);
    expect([...second.owned(), ...third.owned()]).toEqual(uids);
    const winner = second.owned().length > 0 ? 'second' : 'third';
    expect(await leaseSpec()).toMatchObject({ holderIdentity: winner, leaseTransitions: 1 });
  });

  test('is lost by time alone where the API server cannot be reached, before another takes it', async () => {
    const { server } = accessOf('main');
    const relay = await Relay.to(server);
    const through = openClient(`https://127.0.0.1:${relay.port}`);
    const first = new Holder('first', '0/1', { through });
    await first.holds('0');
    const second = new Holder('second', '0/1');
    relay.cut();
    await Promise.race([
      first.holds(''),
      second.holds('0').then(() => expect.fail('the second one took it too early')),
    ]);
    await second.holds('0');
    expect(first.owned()).toEqual([]);
    relay.mend();
    await second.owner.release();
    await first.holds('0');
    await first.owner.release();
    await through.close();
    await relay.close();
  });
});

describe('processes of their own', () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  function spawnHolder(identity: string): Spawned {
    const script = fileURLToPath(new URL('lease-holder.ts', import.meta.url));
    const child = spawn(process.execPath, [script, namespace, identity, '0/1', String(durationMs)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    return new Spawned(child);
  }

  test('one that was paused past its lease sees so on waking, before anything else', async () => {
    const paused = spawnHolder('paused');
    await paused.prints('shards 0');
    const other = new Holder('other', '0/1');
    paused.child.kill('SIGSTOP');
    await other.holds('0');
    const takenAt = process.hrtime.bigint();
    paused.child.kill('SIGCONT');
    await paused.prints('shards ');
    expect(paused.lastOwned).toBeLessThan(takenAt);
    expect(other.owned()).toEqual(uids);
    await other.owner.release();
    await paused.prints('shards 0');
  });

  test('one that was killed loses its lease to the next', async () => {
    const killed = spawnHolder('killed');
    await killed.prints('shards 0');
    killed.child.kill('SIGKILL');
    await once(killed.child, 'exit');
    const other = new Holder('other', '0/1');
    await other.holds('0');
    expect(await leaseSpec()).toMatchObject({ holderIdentity: 'other', leaseTransitions: 1 });
  });
});

/** A child with what it printed. */
class Spawned {
  readonly child: ChildProcess;
  lastOwned = 0n;
  #line = '';
  #onLine: () => void = () => undefined;

  constructor(child: ChildProcess) {
    this.child = child;
    if (child.stdout === null) throw new Error('no output');
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('owned ')) this.lastOwned = BigInt(line.slice('owned '.length));
      else {
        this.#line = line;
        this.#onLine();
      }
    });
  }

  async prints(line: string): Promise<void> {
    while (this.#line !== line) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#onLine = resolve;
      // oxlint-disable-next-line no-await-in-loop -- one line after the other
      await promise;
    }
  }
}

describe('shards', () => {
  test('are each held at home; a dead one’s is taken over and given back when it is there again', async () => {
    const three = ['0/3', '1/3', '2/3'].map((shard) => new Holder(`home-${shard[0]}`, shard));
    const [zero, one, two] = three as [Holder, Holder, Holder];
    await Promise.all(three.map((holder, index) => holder.holds(String(index))));
    expect(three.flatMap((holder) => holder.owned()).toSorted()).toEqual(uids);
    one.die();
    await Promise.race([zero.holds('0,1'), two.holds('1,2')]);
    expect([...zero.owned(), ...two.owned()].toSorted()).toEqual(uids);
    const again = new Holder('home-1-again', '1/3');
    await Promise.all([again.holds('1'), zero.holds('0'), two.holds('2')]);
    expect([zero, again, two].flatMap((holder) => holder.owned()).toSorted()).toEqual(uids);
  });

  test('of another count are refused while those are at work, and only then', async () => {
    const old = new Holder('old', '0/1');
    await old.holds('0');
    const refused = new Holder('new', '0/2');
    await expect(refused.ended).rejects.toMatchObject({ kind: 'invalid', code: 'ShardCountMismatch' });
    expect(refused.changes).toEqual([]);
    old.die();
    const later = new Holder('later', '0/2');
    await later.holds('0,1');
  });
});

test('the rights of the controller in its own namespace are enough', async () => {
  const roles = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
  const metadata = { name: 'controller' };
  await api.do('POST', `${roles}/roles`, {
    metadata,
    rules: ownRights.map(({ group, resources, verbs }) => ({ apiGroups: [group], resources, verbs })),
  });
  await api.do('POST', `${roles}/rolebindings`, {
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'controller' },
    subjects: [{ kind: 'ServiceAccount', name: 'controller', namespace }],
  });
  const through = client.as(`system:serviceaccount:${namespace}:controller`);
  const holder = new Holder('first', '0/2', { through });
  await holder.holds('0,1');
  await holder.owner.release();
  expect(await leaseSpec('sluice-controller-1-of-2')).toMatchObject({ leaseTransitions: 0 });
});
