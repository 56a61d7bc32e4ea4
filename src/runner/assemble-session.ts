import type { ObjectStore } from '../cluster/memory/object-store.ts';
import { openCueEngine } from '../cue/engine.ts';
import type { CuePool } from '../cue/pool.ts';
import type { EvidenceItem } from '../evidence/item.ts';
import type { VerdictStore } from '../gate/verdict-store.ts';
import type { SpendStore } from '../llm/budget/spend-store.ts';
import type { AnswerStore } from '../llm/cache/answer-store.ts';
import { noModelSettings, type ModelSettings } from '../llm/settings/model-settings.ts';
import { openMailClient } from '../net/mail/open-mail-client.ts';
import { ops } from '../ops/registry.ts';
import { readBuiltInSources } from '../step-types/built-in-files.ts';
import { openCueCompiler } from '../step-types/cue-compiler.ts';
import type { DefinitionStore, RunStore } from '../store/port.ts';
import { createSession } from './create-session.ts';
import { openModelCommons } from './models/model-commons.ts';
import { readingHttp, unsentMail, unwritten } from './models/dry-run-world.ts';
import { openTraffic, storesFor, type TrafficWish } from './models/open-traffic.ts';
import { openLocalClusters } from './local-clusters.ts';
import { openOperatorHttp, operatorEgress } from './operator-http.ts';
import { pinFile } from './place-of-run.ts';
import { shortId } from './short-id.ts';
import type { InputFile, Session } from './session.ts';

/** What a session keeps its runs, step types, in-memory objects, verdicts and answers of models in. */
export interface SessionStore {
  readonly runs: RunStore;
  readonly definitions: DefinitionStore;
  readonly objects: ObjectStore;
  readonly verdicts: VerdictStore;
  readonly spending: SpendStore;
  readonly answers: AnswerStore;
  /** What pseudonyms are derived from, the same for every session over the store. */
  installationKey(): Promise<string>;
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
  /** Servers of models, budgets and prices; none by default. */
  readonly settings?: () => Promise<ModelSettings>;
  /** Requests to models are recorded, answered from a recording, or shown and not sent; they are sent by default. */
  readonly modelTraffic?: TrafficWish;
  /** CUE threads that were started ahead; closed with the session. */
  readonly cuePool?: CuePool;
  /** Names of objects are replaced before anything goes to a model, too. */
  readonly anonymize?: boolean;
  /** Texts that are evidence of every run of this session. */
  readonly givenEvidence?: readonly EvidenceItem[];
  /** Whether a person is there whom a gate may wait for. */
  readonly isInteractive?: boolean;
}

/** A session over any store; closing it closes the store. */
export async function assembleSession(
  options: AssembleOptions,
  store: SessionStore,
  describeStore: string,
): Promise<Session> {
  const { env, now } = options;
  const notices = new Notices();
  const asked = await openTraffic(options.modelTraffic, {
    env,
    settings: options.settings ?? (async () => noModelSettings),
    newKey: () => shortId() + shortId(),
  });
  const { traffic, evidenceKey } = asked;
  const key = evidenceKey ?? (await store.installationKey());
  const clusters = await openLocalClusters(options, store.objects, (text) => notices.say(text));
  const cue = openCueEngine({ ops, ...(options.cuePool === undefined ? {} : { pool: options.cuePool }) });
  const trust = options.ca === undefined ? {} : { ca: options.ca };
  const network = openOperatorHttp({ env, ...trust });
  const isDryRun = traffic.kind === 'dry-run';
  const http = isDryRun ? readingHttp(network) : network;
  const { spending, answers, verdicts } = storesFor(traffic, store);
  const { kubeconfig, context, offline, clusterFile } = options;
  let builtIn: ReturnType<typeof readBuiltInSources> | undefined;
  return createSession({
    describe: `${clusters.describe}, ${describeStore}`,
    ops,
    expressions: cue,
    cue: openCueCompiler(cue),
    compiled: new Map(),
    warm: () => cue.warm(),
    env: asked.env,
    offline,
    // What is in memory is gone with the dry run anyway.
    clusters:
      isDryRun && clusters.clusters.kind !== 'memory' ? unwritten(clusters.clusters) : clusters.clusters,
    place: {
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
      ...(context === undefined ? {} : { context }),
      ...(offline ? { offline } : {}),
      ...(clusterFile === undefined ? {} : { clusterFile: pinFile(clusterFile) }),
    },
    http,
    mail: isDryRun ? unsentMail : openMailClient({ egress: operatorEgress({ env }), ...trust }),
    models: openModelCommons({
      settings: asked.settings,
      spending,
      answers,
      now,
      // A recording says how long a server wanted to be left alone; nobody has to wait for that again.
      ...(traffic.kind === 'replay' ? { pause: async () => undefined } : {}),
    }),
    traffic,
    store: store.runs,
    definitions: store.definitions,
    verdicts,
    answers: store.answers,
    evidence: {
      key,
      anonymize: options.anonymize === true,
      given: options.givenEvidence ?? [],
    },
    isInteractive: options.isInteractive === true,
    async stepTypeSources() {
      builtIn ??= readBuiltInSources();
      return [...(await store.definitions.list()), ...(await builtIn)];
    },
    packageSources: () => store.definitions.packages.list(),
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
