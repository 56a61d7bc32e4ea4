import { SluiceError } from '../../api/errors.ts';
import { isHub } from '../hub-name.ts';
import type { Cluster, Clusters } from '../port.ts';
import { noRules, type ClusterRules } from './images/cluster-rules.ts';
import { dnsSubdomain } from './admission/names.ts';
import { MemoryCluster } from './memory-cluster.ts';
import type { ObjectStore } from './object-store.ts';
import { openTimers } from './timers.ts';
import { RecordCache } from './record-cache.ts';
import type { Schedule } from './watch-object.ts';

export interface MemoryClustersOptions {
  /** Closed by whoever opened it. */
  readonly objects: ObjectStore;
  /** Milliseconds since 1970. */
  now(): number;
  newUid(): string;
  /** From `--cluster-file`; what it decides about an image is stored with the objects that use it. */
  readonly images?: ClusterRules;
  /** For watches; timers of this process when absent. */
  readonly schedule?: Schedule;
  /** Called once for each cluster, when it is first written to; '' is the default one. */
  onCreated?(name: string): void;
}

/** In-memory clusters: any name is one, made when it is first written to. */
export function openMemoryClusters(options: MemoryClustersOptions): Clusters {
  const { objects, images: rules = noRules, schedule = openTimers(() => options.now()) } = options;
  const cache = new RecordCache();
  const opened = new Map<string, Cluster>();
  return {
    kind: 'memory',
    async get(asked) {
      const name = isHub(asked) ? '' : asked;
      if (name !== '') checkName(name);
      let cluster = opened.get(name);
      if (cluster === undefined) {
        cluster = new MemoryCluster(name, {
          objects,
          rules,
          cache,
          schedule,
          now: () => options.now(),
          newUid: () => options.newUid(),
          onCreated: (created) => options.onCreated?.(created),
        });
        opened.set(name, cluster);
      }
      return cluster;
    },
    names: async () => objects.read(() => objects.clusters()).toSorted(),
    close: async () => {},
  };
}

function checkName(name: string): void {
  if (dnsSubdomain(name) === undefined) return;
  throw new SluiceError('invalid', 'ClusterName', `"${name}" cannot be the name of a cluster.`, {
    hint: 'Use lower-case letters, digits and dashes, such as prod.',
  });
}
