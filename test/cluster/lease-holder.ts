// A process that wants a shard: node lease-holder.ts NAMESPACE IDENTITY INDEX/COUNT DURATION_MS
// Its clock is an hour ahead of everybody else's. It prints a line with the shards it holds whenever they change, and
// another one each time it looks and still owns run `a`: the nanoseconds of the machine's monotonic clock.
import { staticAccess } from '../../src/cluster/kubernetes/access.ts';
import { ApiClient } from '../../src/cluster/kubernetes/api-client.ts';
import { ShardOwner } from '../../src/controller/lease/shard-owner.ts';
import { accessOf } from './real-clusters.ts';

const [namespace = '', identity = '', shard = '', durationMs = ''] = process.argv.slice(2);
const [index = 0, count = 1] = shard.split('/').map(Number);
const { server, ca, token } = accessOf('main');
const access = staticAccess(server, 'main', { headers: { authorization: `Bearer ${token}` }, tls: { ca } });
const owner = new ShardOwner({
  client: new ApiClient({ access, timeoutMs: 30_000, limitBytes: 10_000_000 }),
  namespace,
  identity,
  shard: { index, count },
  durationMs: Number(durationMs),
  now: () => Date.now() + 3_600_000,
  monotonicNow: () => performance.now(),
});
owner.onChange((shards) => process.stdout.write(`shards ${shards.join(',')}\n`));
setInterval(() => {
  const at = process.hrtime.bigint();
  if (owner.owns('a')) process.stdout.write(`owned ${at}\n`);
}, 5);
await owner.start(new AbortController().signal);
