/**
 * Which of `count` shards a run belongs to: FNV-1a (32 bits) over the UTF-16 units of its uid, modulo `count`. Processes of
 * different versions must agree, so this never changes.
 */
export function shardOf(uid: string, count: number): number {
  if (count === 1) return 0;
  let hash = 0x811c9dc5;
  for (let index = 0; index < uid.length; index += 1)
    hash = Math.imul(hash ^ uid.charCodeAt(index), 0x01000193);
  return (hash >>> 0) % count;
}
