import { writtenPath } from '../../src/api/step-path.ts';
import type { OpRegistry, OpSpec } from '../../src/api/op-spec.ts';
import type { KeptVerdict } from '../../src/api/kept-verdict.ts';
import type { Json } from '../../src/api/json.ts';
import { openEngine, type Engine } from '../../src/engine/engine.ts';
import type { Effect, Event } from '../../src/engine/events.ts';
import { initialState, type RunState } from '../../src/engine/state.ts';
import { unrolled } from '../../src/engine/unrolled.ts';
import type { Turn } from '../../src/expr/template.ts';
import {
  defaultRetry,
  type HandlerSection,
  type PlannedCall,
  type Plan,
  type PlannedLoop,
  type PlannedStep,
} from '../../src/plan/plan.ts';

/** What a scripted step does, op by op; after the last it is done. */
export type Act =
  | {
      readonly op: 'post' | 'put' | 'read';
      readonly fails?: number;
      readonly terminal?: boolean;
      readonly isRepeat?: boolean;
      /** It fails so that nobody knows whether it happened. */
      readonly unknown?: boolean;
      /** So often it never answers. */
      readonly hangs?: number;
    }
  /** Gives a verdict that holds for so long. */
  | ({ readonly op: 'judge'; readonly validMs: number } & Partial<KeptVerdict>)
  /** What it wants to apply is not what the gate judged. */
  | { readonly op: 'other' }
  | { readonly op: 'wait'; readonly polls: number }
  | { readonly op: 'fail' | 'break' | 'log' | 'message' }
  | { readonly op: 'suspend'; readonly duration?: string }
  | { readonly op: 'error' };

export interface Script {
  readonly acts: readonly Act[];
  /** What the step's `if:` comes to; 'error' when it cannot be evaluated. */
  readonly condition?: boolean | 'error' | 'number';
}

const spec = (name: string, pure: boolean, onUnknown: 'retry' | 'fail', needs: OpSpec['needs']): OpSpec => ({
  name,
  cue: [],
  description: name,
  params: {},
  result: {},
  needs,
  onUnknown: () => onUnknown,
  pure,
});

export const registry: OpRegistry = new Map(
  [
    spec('post', false, 'fail', 'network'),
    spec('put', false, 'retry', 'network'),
    spec('read', true, 'retry', 'cluster'),
    spec('other', false, 'retry', 'cluster'),
    { ...spec('judge', true, 'retry', 'network'), givesVerdict: true as const },
    ...['wait', 'fail', 'break', 'log', 'message', 'suspend'].map((name) =>
      spec(name, true, 'retry', 'control'),
    ),
  ].map((op) => [op.name, op]),
);

/** A planned step with everything left out that a test does not care about. */
export function step(path: string, more: Partial<PlannedStep> = {}): PlannedStep {
  const slash = path.lastIndexOf('/');
  return {
    path,
    name: path.slice(slash + 1),
    type: 'scripted',
    kind: 'template',
    parent: slash < 0 ? undefined : path.slice(0, slash),
    siblingMode: slash < 0 ? 'StepByStep' : 'DAG',
    condition: undefined,
    conditionReads: undefined,
    after: [...(more.dependsOn ?? []), ...(more.requires ?? [])],
    dependsOn: [],
    inputs: [],
    outputs: [],
    properties: {},
    timeoutMs: undefined,
    retry: defaultRetry,
    isGate: false,
    requires: [],
    place: { file: 'run.yaml', line: 1, column: 1, path },
    ...more,
  };
}

/** `steps` as handlers of the section, and sub-steps with their group. */
export function handlers(section: HandlerSection, steps: readonly PlannedStep[]): readonly PlannedStep[] {
  return steps.map((each) => ({ ...each, section }));
}

/** A step that is done once for each item; its `if:` is asked once, unless `each` has it. */
export function loop(
  path: string,
  more: Partial<PlannedLoop> = {},
  rest: Partial<PlannedStep> = {},
): PlannedStep {
  const { condition, conditionReads, timeoutMs } = { ...step(path), ...rest };
  const each = {
    condition: condition === undefined ? undefined : { ...condition, text: 'always' },
    conditionReads,
    timeoutMs,
  };
  return step(path, {
    ...rest,
    kind: 'group',
    timeoutMs: undefined,
    loop: { maxParallel: 1, failFast: true, minItems: 0, each, ...more },
  });
}

/** A step that calls a Workflow. */
export function call(
  path: string,
  more: Partial<PlannedCall> = {},
  rest: Partial<PlannedStep> = {},
): PlannedStep {
  return step(path, { ...rest, kind: 'group', call: { workflow: 'w', outputs: [], ...more } });
}

export function plan(steps: readonly PlannedStep[], more: Partial<Plan> = {}): Plan {
  return {
    run: { name: 'run', namespace: 'default', labels: {}, annotations: {} },
    mode: { steps: 'StepByStep', subSteps: 'DAG' },
    context: {},
    timeoutMs: undefined,
    require: [],
    steps,
    ...more,
  };
}

/** A condition that the script answers. */
export const someCondition = {
  text: 'scripted',
  place: { file: 'run.yaml', line: 1, column: 1, path: 'if' },
};

/**
 * A world without I/O that answers effects in an order the test chooses, and can lose its memory. It is the oracle: it
 * counts what was performed by key, and what was stored when.
 */
export class World {
  readonly engine: Engine;
  readonly scripts: Readonly<Record<string, Script>>;
  /** Every effect performed, in order. */
  readonly performed: { readonly step: string; readonly key: string; readonly op: string }[] = [];
  /** Keys whose result was stored. */
  readonly answered: Set<string> = new Set();
  readonly begun: string[] = [];
  /** Every answer so far: a late one may come again. */
  readonly answers: Event[] = [];
  readonly violations: string[] = [];
  nowMs: number = 1_000_000;
  state: RunState;
  stored: RunState;
  wakeAtMs: number | undefined;
  pending: Effect[] = [];
  readonly #unsaved = new Set<string>();
  #failures = new Map<string, number>();
  #seq = 0;

  readonly plan: Plan;

  constructor(planned: Plan, scripts: Readonly<Record<string, Script>>) {
    this.plan = planned;
    this.scripts = scripts;
    this.engine = openEngine(planned, registry);
    let id = 0;
    this.state = initialState(planned, { nonce: 'n1', nowMs: this.nowMs, newId: () => `id${(id += 1)}` });
    this.stored = this.state;
    this.feed({ kind: 'start' });
  }

  /** With the items of lists. */
  get steps(): readonly PlannedStep[] {
    return unrolled(this.plan, this.state).steps;
  }

  /** Items do what their step does, unless they have a script of their own. */
  scriptOf(path: string): Script {
    return this.scripts[path] ?? this.scripts[writtenPath(path)] ?? { acts: [] };
  }

  get isOver(): boolean {
    return this.state.endedAtMs !== undefined;
  }

  feed(event: Event): void {
    const before = this.state;
    if ('step' in event && event.kind !== 'command') this.answers.push(event);
    const decision = this.engine.decide(before, event, this.nowMs);
    this.state = decision.state;
    this.wakeAtMs = decision.wakeAtMs;
    for (const [path, old] of Object.entries(before.steps)) {
      if (old.stage.kind === 'done' && decision.state.steps[path] !== old)
        this.violations.push(`${path} changed after its end`);
    }
    this.#checkGates(decision.state, decision.effects);
    if (decision.state.queue !== undefined && decision.effects.some(({ kind }) => kind !== 'cancel'))
      this.violations.push('something was asked for before the run was let into its group');
    this.#checkLoops(before, decision.state);
    for (const effect of decision.effects) {
      if (effect.kind === 'cancel') this.pending = this.pending.filter((other) => other.step !== effect.step);
      else this.pending.push(effect);
    }
    if (this.isOver) this.save();
  }

  /** What a step with `requires` asks for, it may ask for at this moment. Says it again, apart from the engine's own words. */
  #checkGates(state: RunState, effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.kind !== 'perform') continue;
      const { requires = [] } =
        unrolled(this.plan, state).steps.find(({ path }) => path === effect.step) ?? {};
      if ((effect.verdicts ?? []).length !== requires.length)
        this.violations.push(`${effect.step} does not carry the verdicts that bind it`);
      for (const gate of requires) {
        const { phase, verdict } = state.steps[gate] ?? {};
        const isOpen = phase === 'succeeded' && verdict?.open === true && verdict.mode === 'enforce';
        const [from, to] = [Date.parse(verdict?.at ?? ''), Date.parse(verdict?.expires ?? '')];
        if (!isOpen || !(from <= this.nowMs && this.nowMs < to))
          this.violations.push(`${effect.step} asks for ${effect.op} though ${gate} is not open`);
      }
    }
  }

  /** No list changes once it is known, and no more items are under way than may be. */
  #checkLoops(before: RunState, after: RunState): void {
    for (const { path, loop: planned } of this.plan.steps) {
      if (planned === undefined) continue;
      const [old, now] = [before.steps[path]?.loop, after.steps[path]?.loop];
      if (old !== undefined && old.count !== now?.count) this.violations.push(`the list of ${path} changed`);
      const open = unrolled(this.plan, after).steps.filter(({ parent, path: own }) => {
        const { kind = 'done' } = after.steps[own]?.stage ?? {};
        return parent === path && kind !== 'waiting' && kind !== 'done';
      });
      if (open.length > planned.maxParallel)
        this.violations.push(`${open.length} items of ${path} are under way`);
    }
  }

  save(): void {
    this.stored = this.state;
    for (const key of this.#unsaved) this.answered.add(key);
    this.#unsaved.clear();
  }

  command(command: 'suspend' | 'resume' | 'terminate', only?: string): void {
    this.#seq += 1;
    this.feed({ kind: 'command', seq: this.#seq, command, ...(only === undefined ? {} : { step: only }) });
  }

  /** The run is let into its group, if it waits for that. */
  enter(): void {
    this.feed({ kind: 'group', turn: { kind: 'entered' } });
  }

  /** The process dies and another one goes on from what was stored. */
  crash(): void {
    this.pending = [];
    this.#unsaved.clear();
    this.state = this.stored;
    if (!this.isOver) this.feed({ kind: 'recover' });
  }

  /** Lets time pass until something is due. False when nothing ever is. */
  wait(): boolean {
    const polls = this.pending.flatMap((effect) => (effect.kind === 'observe' ? [effect.pollAtMs] : []));
    const due = Math.min(...polls, this.wakeAtMs ?? Number.POSITIVE_INFINITY);
    if (!Number.isFinite(due)) return false;
    this.nowMs = Math.max(this.nowMs, due);
    this.feed({ kind: 'time' });
    return true;
  }

  /** Effects that can be answered now. */
  get ready(): readonly Effect[] {
    return this.pending.filter((effect) => effect.kind !== 'observe' || effect.pollAtMs <= this.nowMs);
  }

  /** Answers one effect; `crashAfterEffect` loses the answer, as a crash between effect and record does. */
  answer(effect: Effect, crashAfterEffect = false): void {
    this.pending = this.pending.filter((other) => other !== effect);
    this.nowMs += 1;
    if (effect.kind === 'perform') {
      if (effect.storeFirst) this.save();
      this.performed.push({ step: effect.step, key: effect.key, op: effect.op });
      if (this.answered.has(effect.key))
        this.violations.push(`${effect.key} was sent after its result was recorded`);
      if (crashAfterEffect) this.crash();
      else if (!this.#hangs(effect)) this.feed(this.#perform(effect));
      return;
    }
    const event = this.#evaluate(effect);
    if (event !== undefined) this.feed(event);
  }

  /** Answers everything in the order given by `choose` until the run is over; false when it is stuck. */
  run(choose: (count: number) => number = () => 0, limit = 2000): boolean {
    for (let i = 0; i < limit && !this.isOver; i += 1) {
      const { ready } = this;
      const effect = ready[choose(ready.length)];
      if (effect !== undefined) this.answer(effect);
      else if (!this.wait()) return false;
    }
    return this.isOver;
  }

  /** `apply failed/Timeout, check skipped/Skip` */
  get transcript(): string {
    return this.steps
      .map(({ path }) => {
        const { phase, reason } = this.state.steps[path] ?? { phase: 'missing', reason: undefined };
        return `${path} ${phase}${reason === undefined ? '' : `/${reason}`}`;
      })
      .join(', ');
  }

  #evaluate(effect: Exclude<Effect, { kind: 'perform' }>): Event | undefined {
    const script = this.scriptOf(effect.step);
    switch (effect.kind) {
      case 'evaluate-condition': {
        const { condition = true } = script;
        const result =
          condition === 'error'
            ? ({ ok: false, faults: [{ kind: 'evaluation', message: 'reference not found' }] } as const)
            : ({ ok: true, value: condition === 'number' ? 70 : condition } as const);
        return { kind: 'condition', step: effect.step, result };
      }
      case 'evaluate-parameters':
        return { kind: 'parameters', step: effect.step, result: { ok: true, value: effect.value } };
      case 'evaluate-turn': {
        const { recorded } = effect.input;
        if (recorded.length === 0 && effect.turn === 1) this.begun.push(effect.step);
        return {
          kind: 'turn',
          step: effect.step,
          turn: effect.turn,
          result: turnOf(script, recorded),
          digest: 'd',
        };
      }
      case 'evaluate-outputs': {
        const value: Json = { made: effect.step };
        const isOutOfReach = effect.input.recorded.length === 0;
        return {
          kind: 'outputs',
          step: effect.step,
          results: effect.outputs.map(({ name }) =>
            isOutOfReach
              ? { name, result: { ok: false, faults: [{ kind: 'incomplete', message: 'no value' }] } }
              : { name, result: { ok: true, value } },
          ),
        };
      }
      case 'observe':
        return {
          kind: 'observed',
          step: effect.step,
          turn: effect.turn,
          results: Object.fromEntries(effect.recorded.map(({ path, result }) => [path, Number(result) + 1])),
        };
      case 'cancel':
      case 'log':
        return undefined;
    }
  }

  #hangs(effect: Extract<Effect, { kind: 'perform' }>): boolean {
    const act = this.scriptOf(effect.step).acts[Number(effect.path)];
    const times = act !== undefined && 'hangs' in act ? (act.hangs ?? 0) : 0;
    const place = `hangs/${effect.step}/${effect.path}`;
    const hung = this.#failures.get(place) ?? 0;
    this.#failures.set(place, hung + 1);
    return hung < times;
  }

  #perform(effect: Extract<Effect, { kind: 'perform' }>): Event {
    const act = this.scriptOf(effect.step).acts[Number(effect.path)];
    const failed = this.#failures.get(`${effect.step}/${effect.path}`) ?? 0;
    const fails = act !== undefined && 'fails' in act ? (act.fails ?? 0) : 0;
    if (failed < fails) {
      this.#failures.set(`${effect.step}/${effect.path}`, failed + 1);
      const isTerminal = act !== undefined && 'terminal' in act && (act.terminal ?? false);
      const isUnknown = act !== undefined && 'unknown' in act && (act.unknown ?? false);
      const outcome = {
        kind: 'error',
        class: isUnknown ? 'indeterminate' : isTerminal ? 'terminal' : 'transient',
        message: 'refused',
        ...(act !== undefined && 'isRepeat' in act && (act.isRepeat ?? false)
          ? { isRepeat: true as const }
          : {}),
      } as const;
      return { kind: 'op', step: effect.step, key: effect.key, outcome };
    }
    this.#unsaved.add(effect.key);
    if (act?.op === 'other') {
      const refused = { gate: effect.verdicts?.[0]?.gate ?? '', code: 'OtherSubject' };
      const outcome = { kind: 'error', class: 'terminal', message: 'not what was judged', refused } as const;
      return { kind: 'op', step: effect.step, key: effect.key, outcome };
    }
    if (act?.op === 'judge') {
      const use = { calls: 2, cached: 1, inputTokens: 20, outputTokens: 5, microDollars: 31 };
      const outcome = { kind: 'ok', result: 0, use, verdict: verdictAt(this.nowMs, act) } as const;
      return { kind: 'op', step: effect.step, key: effect.key, outcome };
    }
    return { kind: 'op', step: effect.step, key: effect.key, outcome: { kind: 'ok', result: 0 } };
  }
}

function verdictAt(nowMs: number, act: Extract<Act, { op: 'judge' }>): KeptVerdict {
  const { op: _op, validMs, ...said } = act;
  return {
    id: `v${nowMs}`,
    gate: 'gate',
    outcome: 'pass',
    open: true,
    mode: 'enforce',
    score: 100,
    threshold: 80,
    subject: { name: 'web', digest: 'sha256:0', objects: [] },
    at: new Date(nowMs).toISOString(),
    expires: new Date(nowMs + validMs).toISOString(),
    override: null,
    reasons: [],
    ...said,
  };
}

/** A scripted template: pure, as a real one is. A wait is content once the op before it was read often enough. */
function turnOf(script: Script, recorded: readonly { readonly path: string; readonly result: Json }[]): Turn {
  const done = new Set(recorded.map(({ path }) => path));
  const index = script.acts.findIndex((_act, position) => !done.has(String(position)));
  const act = script.acts[index];
  if (act === undefined) return { kind: 'done' };
  if (act.op === 'error')
    return { kind: 'error', faults: [{ kind: 'evaluation', message: 'conflicting values' }] };
  const before = String(index - 1);
  const seen = recorded.find(({ path }) => path === before)?.result;
  const params = {
    ...(act.op === 'wait' ? { continue: seen === undefined || !(Number(seen) < act.polls) } : {}),
    ...(act.op === 'suspend' && act.duration !== undefined ? { duration: act.duration } : {}),
    ...(act.op === 'log' ? { data: 'text' } : {}),
    ...(act.op === 'fail' || act.op === 'message' ? { message: 'said so' } : {}),
  };
  return { kind: 'op', path: String(index), op: act.op, style: 'inline', params, deps: [before] };
}
