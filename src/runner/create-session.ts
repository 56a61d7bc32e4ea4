import { SluiceError } from '../api/errors.ts';
import { SecretMask } from '../api/secret-mask.ts';
import type { Clusters } from '../cluster/port.ts';
import { openEngine } from '../engine/engine.ts';
import { restartState } from '../engine/restart.ts';
import { initialState } from '../engine/state.ts';
import { progressOf } from '../engine/status.ts';
import { unrolled } from '../engine/unrolled.ts';
import { viewOf } from '../engine/view.ts';
import type { VerdictStore } from '../gate/verdict-store.ts';
import type { AnswerStore } from '../llm/cache/answer-store.ts';
import type { HttpClient } from '../net/http-client.ts';
import type { MailClient } from '../net/mail/mail-client.ts';
import type { EvidenceSettings, Op } from '../ops/op.ts';
import { checkControlOp } from '../ops/registry.ts';
import type { Command, DefinitionStore, RunRef, RunStore, StoredRun } from '../store/port.ts';
import {
  changeOf,
  execute,
  maskView,
  runObject,
  type ExecutionPorts,
  type HeldRun,
  needsPerson,
} from './execution.ts';
import type { RunReading } from './backend.ts';
import { debugSteps, mustBeInDebugMode } from './debug-steps.ts';
import { definitionMethods } from './definitions.ts';
import { followLogs } from './follow-logs.ts';
import type { ModelCommons } from './models/model-commons.ts';
import type { ModelTraffic } from './models/model-traffic.ts';
import { reachDefaultCluster } from './reach-cluster.ts';
import { openStepServices } from './step-services.ts';
import { usedClusters } from './used-clusters.ts';
import { openOutputSchemas } from './output-schemas.ts';
import { prepare, type PreparePorts, type ReadyRun } from './prepare.ts';
import { findRun } from './find-run.ts';
import { reviveRun } from './stored-run.ts';
import { watchRun } from './watch-run.ts';
import type { PreparedRun, RunObserver, RunResult, Session } from './session.ts';

/** What a session stands on. Everything is opened by the caller and closed with the session. */
export interface SessionParts extends Omit<PreparePorts, 'ops'> {
  readonly describe: string;
  readonly ops: ReadonlyMap<string, Op>;
  readonly clusters: Clusters;
  readonly http: HttpClient;
  readonly mail: MailClient;
  readonly store: RunStore;
  readonly definitions: DefinitionStore;
  readonly models: ModelCommons;
  readonly traffic: ModelTraffic;
  readonly verdicts: VerdictStore;
  readonly answers: AnswerStore;
  readonly evidence: EvidenceSettings;
  readonly isInteractive: boolean;
  readonly now: () => number;
  /** Called with a text worth saying once, such as that a cluster was made; the session passes it to the observer. */
  onNotice(listener: (text: string) => void): void;
  close(): Promise<void>;
}

export function createSession(parts: SessionParts): Session {
  const { store, clusters, now, newId } = parts;
  const engineOf = (held: HeldRun) => openEngine(held.plan, parts.ops);
  let notice: (text: string) => void = () => undefined;
  parts.onNotice((text) => notice(text));

  async function drive(
    held: HeldRun,
    first: 'start' | 'recover',
    observer: RunObserver,
    options: Parameters<Session['execute']>[2],
  ): Promise<RunResult> {
    notice = (text) => observer.onNotice(text);
    const mask = maskOf(held.stored);
    const offlineAllowed = parts.offline || clusters.kind === 'memory';
    const used = clusters.kind === 'memory' ? clusters : usedClusters(clusters, held.plan);
    const services = openStepServices({
      env: parts.env,
      offlineAllowed,
      clusters: used,
      now,
      newId,
      http: parts.http,
      mail: parts.mail,
      models: parts.models,
      traffic: parts.traffic,
      maskSecrets: (text) => mask.mask(text),
      evidence: parts.evidence,
      verdicts: parts.verdicts,
      isInteractive: parts.isInteractive,
    });
    const ports: ExecutionPorts = {
      ops: parts.ops,
      store,
      replace: (id, ref) => makeRoom(id, ref),
      mask,
      evaluators: {
        expressions: parts.expressions,
        schemas: openOutputSchemas(),
        checkControlOp,
      },
      surroundings: {
        ops: parts.ops,
        cluster: (name) => used.get(name),
        ...services,
      },
      now,
    };
    try {
      return await execute(held, { kind: first }, ports, observer, options);
    } finally {
      await services.close();
    }
  }

  /** Ends a run whose place in its group another one wants; where nobody drives it, this process does so to its end. */
  async function makeRoom(id: string, ref: RunRef): Promise<void> {
    await store.command(id, { kind: 'replace' });
    if (await store.isLive(id)) return;
    const held = await hold(ref);
    if (held?.stored.id === id)
      await drive(held, 'recover', silent, {
        leaveWhenSuspended: true,
        signal: new AbortController().signal,
      });
    else if (held !== undefined) await store.release(held.stored.id);
  }

  /** A stored run, claimed for this process; undefined when a live process has it. */
  async function hold(ref: RunRef): Promise<HeldRun | undefined> {
    const stored = await mustGet(ref);
    refuseOtherPlace(stored, parts.place);
    if (!(await store.claim(stored.id))) return undefined;
    try {
      // Read again: the process that had it may have gone on until just now.
      return await reviveRun(await mustGet(ref), parts);
    } catch (error) {
      await store.release(stored.id);
      throw error;
    }
  }

  async function mustGet(ref: RunRef): Promise<StoredRun> {
    const stored = await store.get(ref);
    if (stored !== undefined) return stored;
    throw new SluiceError('invalid', 'NoSuchRun', `there is no run ${ref.namespace}/${ref.name}`);
  }

  async function create(run: ReadyRun): Promise<HeldRun> {
    const state = initialState(run.plan, { nonce: newId(), nowMs: now(), newId });
    const stored = await store.create({
      id: newId() + newId(),
      ref: run.ref,
      sources: run.sources,
      startedAtMs: state.startedAtMs,
      ...changeOf(state, [], new SecretMask()),
    });
    return { stored, plan: run.plan, state, document: run.document, stepTypes: run.stepTypes };
  }

  async function read(ref: RunRef): Promise<RunReading> {
    const stored = await mustGet(ref);
    const held = await reviveRun(stored, parts);
    const mask = maskOf(stored);
    return {
      view: maskView(viewOf(held.plan, held.state), mask),
      object: runObject(held.plan, held.document, held.state, mask),
      isLive: await store.isLive(stored.id),
    };
  }

  const session: Session = {
    kind: 'local',
    place: parts.describe,
    clusters,
    definitions: parts.definitions,
    verdicts: parts.verdicts,
    answers: parts.answers,
    prepare: (request) => prepare(request, parts),
    async execute(run, observer, options) {
      const ready = asReady(run);
      await reachDefaultCluster(ready.plan, ready.stepTypes, clusters);
      const held = await create(ready);
      if (clusters.kind === 'memory') {
        const cluster = await clusters.get('');
        for (const seed of ready.seeds) await cluster.apply(seed);
      }
      return drive(held, 'start', observer, options);
    },
    async resume(ref, observer, options) {
      const before = await mustGet(ref);
      refuseFinished(before, 'resume');
      const held = await hold(ref);
      if (held === undefined) return undefined;
      // A run that waits for a person is told that the person has come; any other, also one that is suspended for a while,
      // just goes on.
      if (needsPerson(viewOf(held.plan, held.state))) await store.command(held.stored.id, { kind: 'resume' });
      return drive(held, 'recover', observer, options);
    },
    async restart(ref, step, observer, options) {
      const stored = await mustGet(ref);
      if (!stored.finished) {
        throw new SluiceError(
          'invalid',
          'RunNotFinished',
          `run ${ref.namespace}/${ref.name} has not finished`,
          {
            hint: `terminate it first: sluice workflow terminate ${ref.name}`,
          },
        );
      }
      const held = await hold(ref);
      if (held === undefined)
        throw new SluiceError('invalid', 'RunIsLive', `run ${ref.name} is being driven by another process`);
      const restarted = restartState(held.plan, held.state, { nonce: newId(), nowMs: now(), newId }, step);
      if (!restarted.ok) {
        await store.release(stored.id);
        throw new SluiceError('invalid', 'CannotRestart', restarted.message);
      }
      return drive({ ...held, state: restarted.state }, 'start', observer, options);
    },
    async command(ref, command) {
      const stored = await mustGet(ref);
      refuseFinished(stored, command.kind);
      refuseUnknownStep(await reviveRun(stored, parts), command);
      await store.command(stored.id, command);
      if (await store.isLive(stored.id)) return 'sent';
      const held = await hold(ref);
      if (held === undefined) return 'sent';
      if (command.kind === 'suspend') await suspendStored(held);
      else
        await drive(held, 'recover', silent, {
          leaveWhenSuspended: true,
          signal: new AbortController().signal,
        });
      return 'applied';
    },
    find: (name, namespace) => findRun(store, name, namespace),
    get: read,
    watch: (ref, signal) => watchRun(store, ref, read, signal),
    async debug(ref) {
      const stored = await mustGet(ref);
      const { plan, state } = await reviveRun(stored, parts);
      mustBeInDebugMode(ref.name, plan.run.annotations);
      const mask = maskOf(stored);
      return debugSteps(maskView(viewOf(plan, state), mask), state, (value) => mask.maskJson(value));
    },
    async list(namespace) {
      const all = await store.list();
      return namespace === undefined ? all : all.filter(({ ref }) => ref.namespace === namespace);
    },
    delete: (ref) => store.delete(ref),
    logs: (ref, options) => followLogs(store, ref, options),
    ...definitionMethods(parts),
    close: () => parts.close(),
  };
  return session;

  /** Stored so that whoever resumes it finds it suspended; nothing is asked for. */
  async function suspendStored(held: HeldRun): Promise<void> {
    let { state } = held;
    for (const { seq, kind, step } of await store.commands(held.stored.id, state.commandSeq)) {
      const event = { kind: 'command', seq, command: kind, ...(step === undefined ? {} : { step }) } as const;
      state = engineOf(held).decide(state, event, now()).state;
    }
    const mask = new SecretMask();
    await store.save(held.stored.id, held.stored.version, {
      ...changeOf(state, [], mask),
      progress: progressOf(state),
    });
    await store.release(held.stored.id);
  }
}

function maskOf({ secrets }: StoredRun): SecretMask {
  const mask = new SecretMask();
  for (const secret of secrets) mask.add(secret);
  return mask;
}

const silent: RunObserver = { onView: () => undefined, onLog: () => undefined, onNotice: () => undefined };

function asReady(run: PreparedRun): ReadyRun {
  if ('plan' in run && 'sources' in run) return run as ReadyRun;
  throw new SluiceError('bug', 'ForeignRun', 'a run can be executed only by the session that prepared it');
}

/** A run that was started on one cluster must not go on, by a forgotten flag, on another. */
function refuseOtherPlace({ ref, sources }: StoredRun, place: PreparePorts['place']): void {
  const flags = ({ kubeconfig, context }: PreparePorts['place']): string =>
    [
      kubeconfig === undefined ? '' : `--kubeconfig ${kubeconfig}`,
      context === undefined ? '' : `--context ${context}`,
    ]
      .filter((flag) => flag !== '')
      .join(' ');
  const [began, here] = [flags(sources.options), flags(place)];
  if (began === here) return;
  const where = began === '' ? 'on the in-memory cluster' : `with ${began}`;
  throw new SluiceError('invalid', 'OtherPlace', `run ${ref.namespace}/${ref.name} was started ${where}`, {
    hint: began === '' ? 'go on without --kubeconfig and --context' : `go on with ${began}`,
  });
}

/** vela's words: what is over can be neither suspended, resumed nor terminated. */
function refuseFinished(stored: StoredRun, verb: string): void {
  if (!stored.finished) return;
  throw new SluiceError(
    'invalid',
    'RunFinished',
    `can not ${verb} a ${stored.phase} workflow: ${stored.ref.name}`,
    {
      hint: `start it again: sluice workflow restart ${stored.ref.name}`,
    },
  );
}

function refuseUnknownStep(held: HeldRun, command: Command): void {
  const { step } = command;
  const { steps } = unrolled(held.plan, held.state);
  if (step === undefined || steps.some(({ path, name }) => path === step || name === step)) return;
  const names = steps.map(({ path }) => path).join(', ');
  throw new SluiceError('invalid', 'NoSuchStep', `there is no step "${step}" in ${held.stored.ref.name}`, {
    hint: `its steps are: ${names}`,
  });
}
