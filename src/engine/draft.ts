import type { Json } from '../api/json.ts';
import { itemPath } from '../api/step-path.ts';
import type { StepReason } from '../api/status.ts';
import type { GateRefusal } from '../api/kept-verdict.ts';
import type { PlannedStep } from '../plan/plan.ts';
import type { Effect } from './events.ts';
import { contextOf } from './scope.ts';
import { fillInputs } from './inputs.ts';
import { beginCall, callOutputs } from './call.ts';
import { beginLoop } from './loop.ts';
import { outputKey } from './output-key.ts';
import type { IndexFor, PlanIndex } from './plan-index.ts';
import { refusalOf } from './requirements.ts';
import { freshStep, type OutputValue, type RunState, type StepEnd, type StepState } from './state.ts';

/**
 * One decision in the making: a copy of the state that only this decision changes, and the effects it asks for.
 * Transitions of a single step stand here; the order of steps stands in `schedule.ts`.
 */
export class Draft {
  readonly #indexFor: IndexFor;
  #index: PlanIndex;
  readonly nowMs: number;
  readonly effects: Effect[] = [];
  #run: RunState;
  readonly #steps: Record<string, StepState>;
  #outputs: Record<string, OutputValue> | undefined;

  constructor(indexFor: IndexFor, state: RunState, nowMs: number) {
    this.#indexFor = indexFor;
    this.#index = indexFor(state);
    this.nowMs = nowMs;
    this.#steps = { ...state.steps };
    this.#run = { ...state, steps: this.#steps };
  }

  /** Of the plan with the items that are known by now. */
  get index(): PlanIndex {
    return this.#index;
  }

  get state(): RunState {
    return this.#run;
  }

  step(path: string): StepState {
    const step = this.#steps[path];
    if (step === undefined) throw new Error(`no state for step ${path}`);
    return step;
  }

  planned(path: string): PlannedStep {
    const step = this.index.byPath.get(path);
    if (step === undefined) throw new Error(`no plan for step ${path}`);
    return step;
  }

  setRun(change: Partial<Omit<RunState, 'steps' | 'outputs'>>): void {
    this.#run = { ...this.#run, ...change };
  }

  /** The run was let into its group, or will never be. */
  leaveQueue(): void {
    const { queue: _queue, ...rest } = this.#run;
    this.#run = rest;
  }

  setStep(path: string, change: Partial<StepState>): void {
    this.#steps[path] = { ...this.step(path), ...change };
  }

  replaceStep(path: string, step: StepState): void {
    this.#steps[path] = step;
  }

  /** What an item made goes into the list that is the output of its step. */
  setOutput(name: string, output: OutputValue): void {
    const { item, parent = '', space } = this.planned(output.step);
    if (item !== undefined) {
      const { loop } = this.step(parent);
      const list = loop?.made?.[name];
      if (loop !== undefined && list !== undefined)
        this.setStep(parent, {
          loop: { ...loop, made: { ...loop.made, [name]: list.with(item, output.value) } },
        });
      return;
    }
    if (this.#outputs === undefined) {
      this.#outputs = { ...this.#run.outputs };
      this.#run = { ...this.#run, outputs: this.#outputs };
    }
    this.#outputs[outputKey(space, name)] = output;
  }

  /** Phase, reason and message together: none of the three outlives the others. */
  setPhase(path: string, phase: StepState['phase'], reason?: StepReason, message?: string): void {
    const { reason: _reason, message: _message, ...rest } = this.step(path);
    this.#steps[path] = {
      ...rest,
      phase,
      ...(reason === undefined ? {} : { reason }),
      ...(message === undefined || message === '' ? {} : { message }),
    };
  }

  /** Nothing new may begin for this step. */
  isHeld(path: string): boolean {
    return this.#run.suspended || this.step(path).held === true;
  }

  /** Fixes the list of a step: from now on its items are steps of their own. */
  openLoop(path: string, items: readonly Json[]): void {
    const { id, held } = this.step(path);
    const made = Object.fromEntries(
      this.planned(path).outputs.map(({ name }) => [name, items.map(() => null)]),
    );
    this.setPhase(path, 'running');
    // R7
    this.setStep(path, { stage: { kind: 'group' }, loop: { count: items.length, items, made } });
    for (const item of items.keys())
      this.#steps[itemPath(path, item)] = {
        ...freshStep(`${id.slice(0, 7)}${String(item).padStart(3, '0')}`),
        ...(held === true ? { held } : {}),
      };
    this.#index = this.#indexFor(this.#run);
  }

  /** Lets a step whose condition holds begin. */
  begin(step: PlannedStep): void {
    const { path } = step;
    // R6
    if (this.refuses(step)) return;
    this.setStep(path, { firstMs: this.nowMs, lastMs: this.nowMs });
    if (step.loop !== undefined) {
      beginLoop(this, step, step.loop);
      return;
    }
    if (step.call !== undefined) {
      beginCall(this, step, step.call);
      return;
    }
    if (step.kind === 'group') {
      this.setPhase(path, 'running');
      this.setStep(path, { stage: { kind: 'group' } });
      return;
    }
    const filled = fillInputs(this.index, this.#run, step, contextOf(this.index, this.#run, step));
    if (!filled.ok) {
      this.end(path, { phase: 'failed', reason: 'Input', message: filled.message });
      return;
    }
    this.setPhase(path, 'running');
    this.askTemplate(path);
  }

  /** Ends a step that requires a gate which is not open now. */
  refuses(step: PlannedStep): boolean {
    const refusal = refusalOf(this, step);
    if (refusal !== undefined) this.refuse(step.path, refusal, refusal.message);
    return refusal !== undefined;
  }

  refuse(path: string, { gate, code }: GateRefusal, message: string): void {
    this.setStep(path, { refused: { gate, code } });
    this.end(path, { phase: 'failed', reason: 'Action', message: `requires: ${message}` });
  }

  /** Asks the template for its next turn. A held step stays in this stage and is asked when it is resumed. */
  askTemplate(path: string): void {
    const step = this.planned(path);
    const turn = this.step(path).turn + 1;
    this.setStep(path, { stage: { kind: 'turn' }, turn, lastMs: this.nowMs });
    if (this.isHeld(path)) return;
    this.effects.push({
      kind: 'evaluate-turn',
      step: path,
      turn,
      input: this.templateInput(step),
      checkParameter: this.step(path).recorded.length === 0,
    });
  }

  templateInput(step: PlannedStep): {
    parameter: PlannedStep['properties'];
    context: PlannedStep['properties'];
    recorded: StepState['recorded'];
  } {
    const context = contextOf(this.index, this.#run, step);
    const filled = fillInputs(this.index, this.#run, step, context);
    return {
      parameter: filled.ok ? filled.parameter : step.properties,
      context,
      recorded: this.step(step.path).recorded,
    };
  }

  /** Brings a step to its end. Outputs of a step that ran are evaluated first. */
  end(path: string, end: StepEnd): void {
    const step = this.planned(path);
    const { stage } = this.step(path);
    if (stage.kind === 'op' || stage.kind === 'observe') this.effects.push({ kind: 'cancel', step: path });
    for (const sub of this.index.children.get(path) ?? []) {
      const hasNotBegun = this.step(sub.path).stage.kind === 'waiting';
      const message = `step ${step.name} ${end.phase}`;
      if (hasNotBegun) this.end(sub.path, { phase: 'skipped', reason: 'Skip', message });
    }
    // A step-group has no value of its own: its outputs see context and parameter only. Those of a list are its items'.
    const isMade = step.outputs.length === 0 || step.loop !== undefined;
    if (isMade || end.phase === 'skipped' || this.step(path).firstMs === undefined) {
      this.finish(path, end);
      return;
    }
    if (end.phase === 'failed') this.setPhase(path, 'failed', end.reason, end.message);
    this.setStep(path, { stage: { kind: 'outputs', end }, lastMs: this.nowMs });
    this.askOutputs(step);
  }

  /** Asks for the outputs of a step in stage `outputs`. */
  askOutputs(step: PlannedStep): void {
    this.effects.push({
      kind: 'evaluate-outputs',
      step: step.path,
      input: this.templateInput(step),
      outputs: step.outputs,
      ...(step.call === undefined ? {} : { results: { outputs: callOutputs(this, step, step.call) } }),
    });
  }

  /** The last transition of a step; the journal and the parameters of a call are let go. Outputs without a value become null. */
  finish(path: string, end: StepEnd): void {
    const { outputs, item, space } = this.planned(path);
    const { loop } = this.step(path);
    for (const { name, sensitive } of item === undefined ? outputs : []) {
      const value = loop?.made?.[name] ?? null;
      if (this.#run.outputs[outputKey(space, name)] === undefined)
        this.setOutput(name, { value, step: path, sensitive });
    }
    if (loop !== undefined) this.setStep(path, { loop: { count: loop.count } });
    const { parameters: _parameters, ...kept } = this.step(path);
    this.replaceStep(path, kept);
    this.setPhase(path, end.phase, end.reason, end.message);
    const ran = this.step(path).firstMs !== undefined;
    this.setStep(path, { stage: { kind: 'done' }, recorded: [], ...(ran ? { lastMs: this.nowMs } : {}) });
  }
}
