import { SluiceError } from '../api/errors.ts';
import type { Clusters, ReadOnlyCluster } from '../cluster/port.ts';
import type { HttpClient } from '../net/http-client.ts';
import type { OfflineEngine } from '../offline/server.ts';
import { routeModelRequest, type ModelEnvironment } from '../ops/model-route.ts';
import type { OpContext } from '../ops/op.ts';

export interface ModelRouting {
  readonly route: OpContext['modelRoute'];
  close(): Promise<void>;
}

/**
 * Where calls to models go. The offline engine is started when the first call is routed to it, and serves this process
 * alone.
 */
export function openModelRouting(options: {
  readonly env: ModelEnvironment;
  readonly offlineAllowed: boolean;
  readonly clusters: Clusters;
  readonly now: () => number;
  readonly newId: () => string;
  /** A client that may call this one loopback address, where steps in general may call none. */
  openLoopback?(host: string): HttpClient;
}): ModelRouting {
  let offline: Promise<OfflineEngine> | undefined;
  let http: HttpClient | undefined;
  const start = async (): Promise<OfflineEngine> => {
    // Its rules are a good part of the program, and most runs ask no model.
    const { startOfflineEngine } = await import('../offline/server.ts');
    return startOfflineEngine({ clusters: () => readable(clusters), now: options.now, newId: options.newId });
  };
  const { clusters, env, offlineAllowed } = options;
  return {
    async route(request) {
      // The first decision says whether the offline engine is meant at all; its address matters only then.
      const probe = routeModelRequest(request, { env, offlineAllowed, offlineUrl: 'http://127.0.0.1/v1' });
      if ('kind' in probe) {
        throw new SluiceError('invalid', 'NoModel', probe.message, { hint: probe.hint });
      }
      if (probe.label !== 'offline engine') return probe;
      offline ??= start();
      const routed = routeModelRequest(request, { env, offlineAllowed, offlineUrl: (await offline).url });
      if ('kind' in routed) throw new SluiceError('bug', 'NoModel', routed.message);
      http ??= options.openLoopback?.(new URL(routed.url).host);
      return http === undefined ? routed : { ...routed, http };
    },
    async close() {
      await http?.close();
      await (await offline)?.close();
    },
  };
}

async function readable(clusters: Clusters): Promise<readonly ReadOnlyCluster[]> {
  const names = await clusters.names();
  return Promise.all(names.map((name) => clusters.get(name)));
}
