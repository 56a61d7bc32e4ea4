import type { VerdictStore } from '../../gate/verdict-store.ts';
import { openMemorySpendStore } from '../../llm/budget/memory-spend-store.ts';
import type { SpendStore } from '../../llm/budget/spend-store.ts';
import type { CacheStore } from '../../llm/cache/answer-cache.ts';
import { openMemoryCacheStore } from '../../llm/cache/memory-cache-store.ts';
import { newRecording, readRecording } from '../../llm/traffic/recording-file.ts';
import {
  dryRunTraffic,
  liveTraffic,
  recordTraffic,
  replayTraffic,
  type ModelTraffic,
} from './model-traffic.ts';
import type { PromptPreview } from './prompt-preview.ts';

/** What whoever starts a session wants done with the requests to models. */
export type TrafficWish =
  | { readonly kind: 'record' | 'replay'; readonly file: string }
  | { readonly kind: 'dry-run'; readonly onPreview: (preview: PromptPreview) => void };

export interface OpenedTraffic {
  readonly traffic: ModelTraffic;
  /** In place of the installation's, so that a replay sends what was recorded. */
  readonly evidenceKey?: string;
}

/** Throws SluiceError `environment` or `invalid` for a recording that cannot be written or read. */
export async function openTraffic(
  wish: TrafficWish | undefined,
  newKey: () => string,
): Promise<OpenedTraffic> {
  if (wish === undefined) return { traffic: liveTraffic };
  if (wish.kind === 'dry-run') return { traffic: dryRunTraffic(wish.onPreview) };
  if (wish.kind === 'record') {
    const evidenceKey = newKey();
    return { traffic: recordTraffic(await newRecording(wish.file, evidenceKey)), evidenceKey };
  }
  const { records, evidenceKey } = await readRecording(wish.file);
  return { traffic: replayTraffic(records), ...(evidenceKey === undefined ? {} : { evidenceKey }) };
}

interface ModelStores {
  readonly spending: SpendStore;
  readonly answers: CacheStore;
  readonly verdicts: VerdictStore;
}

/** Of a recording and its replay nothing that was answered before is missing, and a replay costs nothing. */
export function storesFor({ kind }: ModelTraffic, { spending, answers, verdicts }: ModelStores): ModelStores {
  if (kind === 'live') return { spending, answers, verdicts };
  return {
    spending: kind === 'record' ? spending : openMemorySpendStore(),
    answers: openMemoryCacheStore(1000),
    verdicts: withoutReuse(verdicts),
  };
}

function withoutReuse(verdicts: VerdictStore): VerdictStore {
  return {
    put: (entry) => verdicts.put(entry),
    get: (namespace, id) => verdicts.get(namespace, id),
    list: (query) => verdicts.list(query),
    history: (...about) => verdicts.history(...about),
    reuse: async () => undefined,
    override: (...about) => verdicts.override(...about),
    invalidate: (...about) => verdicts.invalidate(...about),
  };
}
