import type { KubeObject } from '../../../api/kube-object.ts';
import { isSluiceError } from '../../../api/errors.ts';
import { compareText } from '../../../cluster/object-order.ts';
import type { ReadOnlyCluster } from '../../../cluster/port.ts';
import { textAt } from '../../json-fields.ts';
import { gapOfError, type ReadGap } from '../read-gap.ts';
import type { LogWish } from './log-wishes.ts';

export interface PodLogWish extends LogWish {
  readonly pod: KubeObject;
}

/** What was read of the logs that were wanted. */
export interface ContainerLogs {
  /** The end of a log, '' for a run that is gone, or why it could not be read. */
  of(pod: KubeObject, wish: Pick<LogWish, 'container' | 'previous'>): string | ReadGap;
}

/** Of each log its end, in lines and bytes: a container may have written gigabytes. */
const bounds = { maxLines: 100, maxBytes: 64 * 1024 };
const atOnce = 8;

/**
 * Reads at most `most` logs, those of containers that are down first. A node whose kubelet did not answer is not asked
 * again.
 */
export async function readLogs(
  cluster: ReadOnlyCluster,
  wishes: readonly PodLogWish[],
  most: number,
): Promise<ContainerLogs> {
  const ordered = wishes.toSorted(
    (a, b) => a.urgency - b.urgency || compareText(keyOf(a.pod, a), keyOf(b.pod, b)),
  );
  const read = new Map<string, string | ReadGap>();
  const gaps = new Map<string, ReadGap>();
  const silent = new Map<string, ReadGap>();
  const queue = ordered.slice(0, most);
  const readNext = async (): Promise<void> => {
    for (let wish = queue.shift(); wish !== undefined; wish = queue.shift()) {
      const node = textAt(wish.pod, 'spec', 'nodeName');
      // oxlint-disable-next-line no-await-in-loop -- each of the readers reads one log after the other
      const answer = silent.get(node) ?? (await readLog(cluster, wish));
      if (typeof answer !== 'string' && answer.reason !== 'Forbidden' && node !== '')
        silent.set(node, answer);
      read.set(keyOf(wish.pod, wish), answer);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, readNext));
  return {
    of(pod, wish) {
      const answer = read.get(keyOf(pod, wish)) ?? leftOut(most);
      if (typeof answer === 'string') return answer;
      // One gap a reason: what differs is only which Pod the message names.
      const gap = gaps.get(answer.reason) ?? answer;
      gaps.set(answer.reason, gap);
      return gap;
    },
  };
}

async function readLog(
  cluster: ReadOnlyCluster,
  { pod, container, previous }: PodLogWish,
): Promise<string | ReadGap> {
  const place = { namespace: textAt(pod, 'metadata', 'namespace'), name: textAt(pod, 'metadata', 'name') };
  if (cluster.podLog === undefined) return { ...what, reason: 'NotGiven', text: 'no container runs here' };
  try {
    return await cluster.podLog(place, { container, previous, ...bounds });
  } catch (error) {
    // The run before is gone with its node's memory of it, or the Pod itself is by now: nothing to read, nothing amiss.
    if (isSluiceError(error) && ['BadRequest', 'NotFound'].includes(error.code)) return '';
    return gapOfError(what, error);
  }
}

const what = { verb: 'get', resource: 'pods/log' } as const;

function leftOut(most: number): ReadGap {
  return {
    ...what,
    reason: 'LeftOut',
    text: `${most} logs were read, those of containers that are down first`,
  };
}

function keyOf(pod: KubeObject, { container, previous }: Pick<LogWish, 'container' | 'previous'>): string {
  const place = `${textAt(pod, 'metadata', 'namespace')}/${textAt(pod, 'metadata', 'name')}`;
  return `${place}/${container}${previous ? ' before' : ''}`;
}
