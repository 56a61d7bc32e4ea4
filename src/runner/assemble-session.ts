import type { ObjectStore } from '../cluster/memory/object-store.ts';
import { openCueEngine } from '../cue/engine.ts';
import type { CuePool } from '../cue/pool.ts';
import { openMemorySpendStore } from '../llm/budget/memory-spend-store.ts';
import { openMemoryCacheStore } from '../llm/cache/memory-cache-store.ts';
import { noModelSettings } from '../llm/settings/model-settings.ts';
import { openMemoryVerdictStore } from '../store/memory/verdicts.ts';
import { openHttpClient } from '../net/open-http-client.ts';
import { ops } from '../ops/registry.ts';
import { readBuiltInSources } from '../step-types/built-in-files.ts';
import { openCueCompiler } from '../step-types/cue-compiler.ts';
import type { DefinitionStore, RunStore } from '../store/port.ts';
import { createSession } from './create-session.ts';
import { openModelCommons } from './models/model-commons.ts';
import { liveTraffic } from './models/model-traffic.ts';
import { openLocalClusters } from './local-clusters.ts';
import { pinFile } from './place-of-run.ts';
import { shortId } from './short-id.ts';
import type { InputFile, Session } from './session.ts';

/** What a session keeps its runs, step types and in-memory objects in. */
export interface SessionStore {
  readonly runs: RunStore;
  readonly definitions: DefinitionStore;
  readonly objects: ObjectStore;
  close(): Promise<void>;
}

export interface AssembleOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Allow the offline engine on real clusters, too. */
  readonly offline: boolean;
  /** What the in-memory cluster is to do with images and Jobs. */
  readonly clusterFile?: InputFile;
  /** Operator's settings: OPENAI_BASE_URL, OPENAI_API_KEY, OPENAI_MODEL, HTTP_PROXY, HTTPS_PROXY, NO_PROXY. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** PEM certificates trusted beside the system's, for every outgoing call. */
  readonly ca?: string;
  readonly now: () => number;
  /** CUE threads that were started ahead; closed with the session. */
  readonly cuePool?: CuePool;
}

/** A session over any store; closing it closes the store. */
export async function assembleSession(
  options: AssembleOptions,
  store: SessionStore,
  describeStore: string,
): Promise<Session> {
  const { env, now } = options;
  const notices = new Notices();
  const clusters = await openLocalClusters(options, store.objects, (text) => notices.say(text));
  const cue = openCueEngine({ ops, ...(options.cuePool === undefined ? {} : { pool: options.cuePool }) });
  const http = openHttpClient({
    // Whoever runs this reaches loopback and private addresses anyway; metadata addresses stay refused.
    egress: { allowLoopback: true, allowPrivate: true, allowHosts: modelHost(env['OPENAI_BASE_URL']) },
    proxy: {
      httpProxy: env['HTTP_PROXY'] ?? env['http_proxy'],
      httpsProxy: env['HTTPS_PROXY'] ?? env['https_proxy'],
      noProxy: env['NO_PROXY'] ?? env['no_proxy'],
    },
    ...(options.ca === undefined ? {} : { ca: options.ca }),
  });
  const { kubeconfig, context, offline, clusterFile } = options;
  let builtIn: ReturnType<typeof readBuiltInSources> | undefined;
  return createSession({
    describe: `${clusters.describe}, ${describeStore}`,
    ops,
    expressions: cue,
    cue: openCueCompiler(cue),
    compiled: new Map(),
    warm: () => cue.warm(),
    env,
    offline,
    clusters: clusters.clusters,
    place: {
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
      ...(context === undefined ? {} : { context }),
      ...(offline ? { offline } : {}),
      ...(clusterFile === undefined ? {} : { clusterFile: pinFile(clusterFile) }),
    },
    http,
    models: openModelCommons({
      settings: async () => noModelSettings,
      spending: openMemorySpendStore(),
      answers: openMemoryCacheStore(1000),
      now,
    }),
    traffic: liveTraffic,
    store: store.runs,
    definitions: store.definitions,
    verdicts: openMemoryVerdictStore(1000),
    evidence: { key: shortId() + shortId(), anonymize: false, given: [] },
    isInteractive: false,
    async stepTypeSources() {
      builtIn ??= readBuiltInSources();
      return [...(await store.definitions.list()), ...(await builtIn)];
    },
    newId: shortId,
    now,
    onNotice: (listener) => notices.listen(listener),
    async close() {
      await Promise.allSettled([http.close(), cue.close(), clusters.clusters.close()]);
      await store.close();
    },
  });
}

/** What is said before anyone listens is kept for whoever does. */
class Notices {
  #listener: ((text: string) => void) | undefined;
  readonly #kept: string[] = [];

  say(text: string): void {
    if (this.#listener === undefined) this.#kept.push(text);
    else this.#listener(text);
  }

  listen(listener: (text: string) => void): void {
    this.#listener = listener;
    for (const text of this.#kept.splice(0)) listener(text);
  }
}

/** The host that the operator chose for models may be loopback or private. */
export function modelHost(baseUrl: string | undefined): readonly string[] {
  return baseUrl !== undefined && URL.canParse(baseUrl) ? [new URL(baseUrl).host] : [];
}
