import { openMemorySpendStore } from '../../../src/llm/budget/memory-spend-store.ts';
import type { SpendStore } from '../../../src/llm/budget/spend-store.ts';
import type { CacheStore } from '../../../src/llm/cache/answer-cache.ts';
import { openMemoryCacheStore } from '../../../src/llm/cache/memory-cache-store.ts';
import type { ModelPayer, ModelQuestion } from '../../../src/llm/model-service.ts';
import { noModelSettings, type ModelSettings } from '../../../src/llm/settings/model-settings.ts';
import { openHttpClient } from '../../../src/net/open-http-client.ts';
import { openModelCommons } from '../../../src/runner/models/model-commons.ts';
import { liveTraffic, type ModelTraffic } from '../../../src/runner/models/model-traffic.ts';
import { openStepServices, type StepServices } from '../../../src/runner/step-services.ts';
import { openMemoryVerdictStore } from '../../../src/store/memory/verdicts.ts';
import { calm } from '../../llm/model-server.ts';

export interface OpenOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly settings?: Partial<ModelSettings>;
  readonly spending?: SpendStore;
  readonly answers?: CacheStore;
  readonly traffic?: ModelTraffic;
  readonly offlineAllowed?: boolean;
  readonly now?: () => number;
}

export interface OpenedProcess {
  /** The services of one more run of the process. */
  run(): StepServices;
  /** What it waited for between attempts; it never really waits. */
  readonly pauses: number[];
  close(): Promise<void>;
}

/** What a process has for its runs, with everything real but the waiting. */
export function openProcess(options: OpenOptions = {}): OpenedProcess {
  const http = openHttpClient({ egress: { allowLoopback: true } });
  const pauses: number[] = [];
  const now = options.now ?? Date.now;
  const models = openModelCommons({
    settings: async () => ({ ...noModelSettings, ...options.settings }),
    spending: options.spending ?? openMemorySpendStore(),
    answers: options.answers ?? openMemoryCacheStore(100),
    now,
    pause: async (ms) => void pauses.push(ms),
  });
  const opened: { close(): Promise<void> }[] = [];
  let ids = 0;
  return {
    pauses,
    run() {
      const services = openStepServices({
        env: options.env ?? {},
        offlineAllowed: options.offlineAllowed ?? false,
        clusters: {
          kind: 'memory',
          names: async () => [],
          get: () => Promise.reject(new Error('no cluster in this test')),
          close: async () => undefined,
        },
        now,
        newId: () => `id-${(ids += 1)}`,
        http,
        mail: { send: () => Promise.reject(new Error('no mail in this test')) },
        models,
        traffic: options.traffic ?? liveTraffic,
        maskSecrets: (text) => text,
        evidence: { key: 'test', anonymize: false, given: [] },
        verdicts: openMemoryVerdictStore(10),
        isInteractive: false,
      });
      opened.push(services);
      return services;
    },
    async close() {
      for (const each of opened) await each.close();
      await http.close();
    },
  };
}

export function payer(parts: Partial<ModelPayer> = {}): ModelPayer {
  return { uid: 'uid-1', name: 'demo', namespace: 'team', annotations: {}, ...parts };
}

/** A question to whatever is set up, of few tokens. */
export function questionOf(parts: Partial<ModelQuestion> = {}): ModelQuestion {
  return {
    payer: payer(),
    step: 'ask',
    wish: { model: 'judge' },
    messages: [{ role: 'user', content: 'Is it ready?' }],
    maxOutputTokens: 50,
    ...parts,
  };
}

export function cacheOf(evidence: string): NonNullable<ModelQuestion['cache']> {
  return { promptVersion: 'v1', language: 'English', evidence, timeToLiveMs: 60_000 };
}

export const quietly: { readonly signal: AbortSignal } = { signal: calm() };
