import type { VerdictStore } from '../../gate/verdict-store.ts';
import { openMemorySpendStore } from '../../llm/budget/memory-spend-store.ts';
import type { SpendStore } from '../../llm/budget/spend-store.ts';
import type { CacheStore } from '../../llm/cache/answer-cache.ts';
import { openMemoryCacheStore } from '../../llm/cache/memory-cache-store.ts';
import type { ModelEnvironment } from '../../llm/settings/choose-server.ts';
import type { ModelSettings } from '../../llm/settings/model-settings.ts';
import { modelsToRecord, recordedSettings } from '../../llm/traffic/recorded-models.ts';
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
  /** Whose models are asked. */
  readonly env: ModelEnvironment;
  readonly settings: () => Promise<ModelSettings>;
  /** In place of the installation's, so that a replay sends what was recorded. */
  readonly evidenceKey?: string;
}

export interface TrafficParts extends Pick<OpenedTraffic, 'env' | 'settings'> {
  readonly newKey: () => string;
}

/** Throws SluiceError `environment` or `invalid` for a recording that cannot be written or read. */
export async function openTraffic(
  wish: TrafficWish | undefined,
  { env, settings, newKey }: TrafficParts,
): Promise<OpenedTraffic> {
  if (wish === undefined) return { traffic: liveTraffic, env, settings };
  if (wish.kind === 'dry-run') return { traffic: dryRunTraffic(wish.onPreview), env, settings };
  if (wish.kind === 'record') {
    const header = { evidenceKey: newKey(), models: modelsToRecord(env, await settings()) };
    const traffic = recordTraffic(await newRecording(wish.file, header));
    return { traffic, env, settings, evidenceKey: header.evidenceKey };
  }
  const { records, header } = await readRecording(wish.file);
  const traffic = replayTraffic(records);
  if (header === undefined) return { traffic, env, settings };
  const recorded = recordedSettings(header.models);
  return {
    traffic,
    env: recorded.env,
    settings: async () => recorded.settings,
    evidenceKey: header.evidenceKey,
  };
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
