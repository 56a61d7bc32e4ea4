import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { isSluiceError, messageOf, SluiceError } from '../api/errors.ts';
import type { Access } from '../cluster/kubernetes/access.ts';
import { openAccountClusters } from '../cluster/kubernetes/account-clusters.ts';
import { ApiClient } from '../cluster/kubernetes/api-client.ts';
import { openCueEngine } from '../cue/engine.ts';
import { EvidenceThread } from '../evidence/prepare/evidence-thread.ts';
import { openMailClient } from '../net/mail/open-mail-client.ts';
import { openHttpClient } from '../net/open-http-client.ts';
import { checkControlOp, ops } from '../ops/registry.ts';
import { modelHost } from '../runner/operator-http.ts';
import { modelAvailability } from '../runner/finish-plan.ts';
import { openOutputSchemas } from '../runner/output-schemas.ts';
import { shortId } from '../runner/short-id.ts';
import { ClusterVerdicts } from '../store/cluster/cluster-verdicts.ts';
import { clusterInstallationKey } from '../store/cluster/installation-key.ts';
import { readBuiltInSources } from '../step-types/built-in-files.ts';
import { openCueCompiler } from '../step-types/cue-compiler.ts';
import { checkCrds, isOurs, KubeVelaWatch } from './beside-kubevela.ts';
import { Controller } from './controller.ts';
import { openAdmission } from './admission/open-admission.ts';
import { openEventRecorder } from './events/open-event-recorder.ts';
import type { ReadyCheck } from './health/health.ts';
import { startOperationsServers } from './health/operations-server.ts';
import { leaseNameOf } from './lease/other-counts.ts';
import { shardOf } from './lease/shard-of.ts';
import { ShardOwner } from './lease/shard-owner.ts';
import type { ControllerLog } from './log/controller-log.ts';
import { countRequests } from './metrics/api-request-facts.ts';
import { noMetrics } from './metrics/controller-metrics.ts';
import { openMetrics } from './metrics/open-metrics.ts';
import { openControllerModels } from './models/controller-models.ts';
import { WorkQueue } from './queue/work-queue.ts';
import { ControllerReporter } from './reporter.ts';
import { Retention, type RetentionLimits } from './retention.ts';
import { openRights } from './rights.ts';
import { Planner } from './run/plan-run.ts';
import { readWorkflow } from './run/read-workflow.ts';
import { bindAddressText, type BindAddress } from './serve/bind-address.ts';
import { Definitions } from './step-types/definitions.ts';
import { Revisions } from './step-types/revisions.ts';
import { openWebhook } from './webhook/open-webhook.ts';

/** Where definitions for every namespace and joined clusters' Secrets stand, as in KubeVela. */
const systemNamespace = 'vela-system';
const requestTimeoutMs = 60_000;
const answerLimitBytes = 64 * 1024 * 1024;

export interface ControllerOptions {
  readonly access: Access;
  readonly leaseNamespace: string;
  /** Absent: 15 s. */
  readonly leaseDurationMs?: number;
  readonly defaultServiceAccount: string;
  /** This process is number `index`, from 0, of `count`. */
  readonly shard: { readonly index: number; readonly count: number };
  /** Runs that are being started at one time. */
  readonly concurrency: number;
  readonly metricsBind: BindAddress | undefined;
  readonly healthBind: BindAddress | undefined;
  readonly webhookBind?: BindAddress | undefined;
  /** With tls.crt and tls.key. Undefined: the webhook signs a certificate of its own. */
  readonly webhookCertificates?: string | undefined;
  readonly allowOfflineModel: boolean;
  /** Loopback or private hosts that steps may call beside public ones. */
  readonly allowHosts: readonly string[];
  /** Steps may not call private addresses, such as Services of the cluster. */
  readonly denyPrivate: boolean;
  readonly retention: RetentionLimits;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly log: ControllerLog;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface RunningController {
  /** Rejects when the controller can no longer do its work; never resolves by itself. */
  readonly failed: Promise<never>;
  /** Lets what is under way be saved, gives the lease away, and ends. */
  stop(): Promise<void>;
}

/**
 * Starts the controller. Throws SluiceError `environment` when an address to listen on cannot be had; an API server that cannot
 * be reached, or CRDs that are missing or too old, it waits for, and says so.
 */
export async function openController(options: ControllerOptions): Promise<RunningController> {
  const { access, log, now, env } = options;
  const monotonicNow = (): number => performance.now();
  const stopping = new AbortController();
  const { signal } = stopping;
  const isMeasured = options.metricsBind !== undefined;
  const metrics = isMeasured ? await openMetrics({ version: options.version }) : noMetrics;
  const client = new ApiClient({
    access,
    timeoutMs: requestTimeoutMs,
    limitBytes: answerLimitBytes,
    ...(isMeasured ? { observe: countRequests(metrics) } : {}),
  });
  const identity = `${hostname()}_${shortId()}`;
  const events = openEventRecorder({
    client,
    component: 'sluice-controller',
    host: hostname(),
    now,
    counted: (outcome) => metrics.event(outcome),
  });
  const reporter = new ControllerReporter({ log, metrics, events, now });
  const evidence = new EvidenceThread();
  const cue = openCueEngine({ ops });
  const compiler = openCueCompiler(cue);
  const revisions = new Revisions(client, options.leaseNamespace);
  const definitions = new Definitions({
    client,
    systemNamespace,
    builtIn: await readBuiltInSources(),
    revisions,
    ops,
    cue: compiler,
    signal,
    onError: (error) => reporter.onWatchError('workflowstepdefinitions', error),
  });
  const kubevela = new KubeVelaWatch(client, systemNamespace, monotonicNow);
  const owner = new ShardOwner({
    client,
    namespace: options.leaseNamespace,
    identity,
    shard: options.shard,
    ...(options.leaseDurationMs === undefined ? {} : { durationMs: options.leaseDurationMs }),
    now,
    monotonicNow,
    onError: (error) => reporter.onLeaseError(error),
    beforeGiveBack: (shard) => controller.leave(shard, (uid) => shardOf(uid, options.shard.count) === shard),
  });
  const clusters = openAccountClusters({ hub: client, systemNamespace, now });
  const proxy = {
    httpProxy: env['HTTP_PROXY'] ?? env['http_proxy'],
    httpsProxy: env['HTTPS_PROXY'] ?? env['https_proxy'],
    noProxy: env['NO_PROXY'] ?? env['no_proxy'],
  };
  const models = openControllerModels({ client, namespace: options.leaseNamespace, env, now, monotonicNow });
  const installation = openInstallation(client, options.leaseNamespace);
  const egress = {
    allowLoopback: false,
    allowPrivate: !options.denyPrivate,
    allowHosts: [...options.allowHosts, ...modelHost(env['OPENAI_BASE_URL'])],
  };
  const http = openHttpClient({ egress, proxy });
  const retention = new Retention({
    client,
    limits: options.retention,
    now,
    owns: (uid) => owner.owns(uid),
    onDeleted: (run, why) => reporter.onDeleted(run, why),
    onError: (error) => reporter.onError('a finished run could not be deleted', error),
  });
  const controller = new Controller({
    client,
    clusters,
    rights: openRights({ client, now }),
    definitions,
    revisions,
    planner: new Planner({
      ops,
      expressions: cue,
      env,
      settings: (namespace) => models.settings(namespace),
      offlineAllowed: options.allowOfflineModel,
    }),
    kubevela,
    retention,
    ops,
    evaluators: { expressions: cue, schemas: openOutputSchemas(), checkControlOp },
    http,
    mail: openMailClient({ egress }),
    openFor: (host) => openHttpClient({ egress: { allowHosts: [host] }, proxy }),
    models: (namespace) => models.of(namespace),
    env,
    offlineAllowed: options.allowOfflineModel,
    defaultServiceAccount: options.defaultServiceAccount,
    verdicts: new ClusterVerdicts({ client, now, key: async () => installation.key }),
    evidence: () => ({
      key: installation.key,
      anonymize: false,
      given: [],
      prepare: (input) => evidence.prepare(input),
    }),
    owner,
    log,
    reporter,
    newId: shortId,
    now,
    monotonicNow,
    openQueue: (process) =>
      new WorkQueue({
        concurrency: options.concurrency,
        process,
        backoff: { firstMs: 200, longestMs: 60_000, jitter: Math.random },
        quarantineAfter: 10,
        onQuarantine: () => metrics.runQuarantined(),
        onError: (key, error) => reporter.onQueueError(key, error),
      }),
    signal,
  });
  metrics.readGauges(() => ({ activeRuns: controller.load.active, queueDepth: controller.load.waiting }));

  let missing: string | undefined = 'not checked yet';
  const ready = (): readonly ReadyCheck[] => [
    { name: 'crds', missing },
    { name: 'workflowruns', missing: controller.isSynced ? undefined : 'not listed yet' },
    { name: 'workflowstepdefinitions', missing: definitions.isSynced ? undefined : 'not listed yet' },
  ];
  const servers = await startOperationsServers({
    metricsBind: options.metricsBind,
    healthBind: options.healthBind,
    ready,
    metrics: () => metrics.text(),
  });
  if (servers.metrics !== undefined) log.info('metrics', { address: bindAddressText(servers.metrics) });
  if (servers.health !== undefined) log.info('health', { address: bindAddressText(servers.health) });

  const validate = openAdmission({
    ops,
    cue: compiler,
    expressions: cue,
    stepTypes: (namespace) => definitions.view(namespace).catalog,
    packages: (namespace) => definitions.packages(namespace),
    workflow: (namespace, name) => readWorkflow(client, namespace, name),
    model: async (namespace) => {
      const settings = await models.settings(namespace).catch(() => undefined);
      // Whoever asks a model then is told why not.
      if (settings === undefined) return 'available';
      return modelAvailability({ env, settings, offlineAllowed: options.allowOfflineModel });
    },
  });
  const webhook =
    options.webhookBind === undefined
      ? undefined
      : await openWebhook({
          bind: options.webhookBind,
          certificateDirectory: options.webhookCertificates,
          client,
          namespace: options.leaseNamespace,
          validate: async (object, namespace) => {
            await definitions.synced;
            return validate(object, namespace);
          },
          isOurs: (object) => isOurs(object, kubevela),
          log,
          metrics,
          now,
        }).catch(async (error: unknown) => {
          await Promise.allSettled([servers.close(), http.close(), cue.close(), client.close()]);
          throw error;
        });
  if (webhook !== undefined) log.info('webhook', { address: bindAddressText(webhook.address) });

  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  owner.onChange((shards) => {
    log.info('shards', { shard: shards.join(','), count: options.shard.count });
    for (let shard = 0; shard < options.shard.count; shard += 1)
      metrics.leaseHeld(leaseNameOf(shard, options.shard.count), shards.includes(shard));
    controller.onShards(shards);
  });
  const begin = async (): Promise<void> => {
    const check = async (): Promise<void> => {
      await checkCrds(client);
      await installation.read();
    };
    await untilUsable({ check, log, signal, onMissing: (what) => (missing = what) });
    definitions.start();
    await kubevela.start(signal);
    // A run may name any of them: none is taken up before they are known.
    await definitions.synced;
    controller.start();
    void retention.start(signal);
    await owner.start(signal);
  };
  begin().catch((error: unknown) => {
    if (!signal.aborted) failed.reject(error);
  });
  log.info('controller started', { lease: options.leaseNamespace, name: identity });

  return {
    failed: failed.promise,
    async stop() {
      log.info('stopping');
      await controller.drain();
      await owner.release();
      stopping.abort();
      await events.flush();
      await Promise.allSettled([
        servers.close(),
        webhook?.close(),
        http.close(),
        cue.close(),
        evidence.close(),
        clusters.close(),
      ]);
      await client.close();
      log.info('stopped');
    },
  };
}

/** So often it is looked whether what was missing is there. */
const lookAgainMs = 3_000;

/** The key of the installation; it is read before the first run is taken up. */
function openInstallation(
  client: ApiClient,
  namespace: string,
): { readonly key: string; read(): Promise<void> } {
  let known: string | undefined;
  return {
    get key() {
      if (known !== undefined) return known;
      throw new SluiceError(
        'bug',
        'NotBegun',
        'the key of the installation was asked for before it was read',
      );
    },
    async read() {
      known ??= await clusterInstallationKey(client, namespace);
    },
  };
}

/** Resolves when the check passes: an API server that can be reached, CRDs as they must be; until then it is said what is missing. */
async function untilUsable(parts: {
  readonly check: () => Promise<void>;
  readonly log: ControllerLog;
  readonly signal: AbortSignal;
  readonly onMissing: (what: string | undefined) => void;
}): Promise<void> {
  const { check, log, signal, onMissing } = parts;
  let said: string | undefined;
  while (!signal.aborted) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- asked again until it is so
      await check();
      onMissing(undefined);
      return;
    } catch (error) {
      const what = messageOf(error);
      const hint = isSluiceError(error) ? error.hint : undefined;
      if (what !== said) log.error('the controller cannot work yet', { error: what, hint });
      said = what;
      onMissing(what);
    }
    // oxlint-disable-next-line no-await-in-loop -- as above
    await wait(lookAgainMs, undefined, { signal }).catch(() => undefined);
  }
}

/** For faults that no code here expected: the run they belong to is lost, the process is not. */
export function reportUnhandled(log: ControllerLog): void {
  process.on('unhandledRejection', (error) => log.error('unhandled rejection', { error: messageOf(error) }));
}

/** Reads `--shard i/n`. Throws SluiceError `invalid`. */
export function readShard(text: string | undefined): ControllerOptions['shard'] {
  if (text === undefined) return { index: 0, count: 1 };
  const match = /^(\d{1,3})\/(\d{1,3})$/.exec(text);
  const [index, count] = [Number(match?.[1]), Number(match?.[2])];
  if (match !== null && count >= 1 && index < count) return { index, count };
  throw new SluiceError('invalid', 'BadShard', `--shard ${JSON.stringify(text)} is no shard`, {
    hint: 'Give i/n, such as 0/3, 1/3 and 2/3 for three processes.',
  });
}
