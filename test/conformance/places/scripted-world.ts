import { isObject, type JsonObject } from '../../../src/api/json.ts';
import type { OpOutcome } from '../../../src/api/op-spec.ts';
import { writtenPath } from '../../../src/api/step-path.ts';
import { openEngine, type Engine } from '../../../src/engine/engine.ts';
import type { Effect, Event } from '../../../src/engine/events.ts';
import { restartState } from '../../../src/engine/restart.ts';
import { initialState, type RunState } from '../../../src/engine/state.ts';
import { viewOf } from '../../../src/engine/view.ts';
import { listParam, textParam } from '../../../src/ops/param-values.ts';
import { checkControlOp, ops } from '../../../src/ops/registry.ts';
import { evaluate, type Evaluators } from '../../../src/runner/evaluate.ts';
import { openOutputSchemas } from '../../../src/runner/output-schemas.ts';
import type { ReadyRun } from '../../../src/runner/prepare.ts';
import type { Request } from '../outcome.ts';
import { type ScriptedAnswer, type Scenario } from '../scenario.ts';
import { answerAt } from '../scripted-server.ts';
import { Script } from './script.ts';

/**
 * A run over a world without I/O: effects are answered one after another, a millisecond each, and time goes on only when nothing
 * else is to be done.
 */
export class ScriptedWorld {
  readonly ready: ReadyRun;
  readonly script: Script;
  readonly requests: Request[] = [];
  state: RunState;
  readonly #engine: Engine;
  readonly #evaluators: Evaluators;
  readonly #answers: readonly ScriptedAnswer[];
  readonly #objects = new Map<string, JsonObject>();
  #pending: Effect[] = [];
  #nowMs = 1_000_000;
  #wakeAtMs: number | undefined;
  #seq = 0;
  #starts = 0;

  constructor(ready: ReadyRun, expressions: Evaluators['expressions'], { serve, acts }: Scenario) {
    this.ready = ready;
    this.script = new Script(acts);
    this.#answers = serve;
    this.#engine = openEngine(ready.plan, ops);
    const types = new Map(ready.plan.steps.map(({ path, type }) => [path, type]));
    this.#evaluators = {
      expressions,
      schemas: openOutputSchemas(),
      checkControlOp,
      stepType(path) {
        const found = ready.stepTypes.get(types.get(writtenPath(path)) ?? '');
        if (found === undefined) throw new Error(`no step type for ${path}`);
        return found;
      },
    };
    this.state = initialState(ready.plan, this.#start());
  }

  async run(): Promise<void> {
    this.#begin();
    for (;;) {
      const effect = this.#pending.find((one) => one.kind !== 'observe' || one.pollAtMs <= this.#nowMs);
      if (effect !== undefined) await this.#answer(effect);
      else if (this.state.endedAtMs !== undefined) return;
      else if (!this.#wait()) return;
    }
  }

  #start(): Parameters<typeof initialState>[1] {
    this.#starts += 1;
    let id = 0;
    return { nonce: `n${this.#starts}`, nowMs: this.#nowMs, newId: () => `id${(id += 1)}` };
  }

  #feed(event: Event): void {
    const { state, effects, wakeAtMs } = this.#engine.decide(this.state, event, this.#nowMs);
    this.state = state;
    this.#wakeAtMs = wakeAtMs;
    for (const effect of effects) {
      if (effect.kind === 'cancel') this.#pending = this.#pending.filter(({ step }) => step !== effect.step);
      else this.#pending.push(effect);
    }
    this.#act();
  }

  #act(): void {
    const action = this.script.take(viewOf(this.ready.plan, this.state));
    if (action === undefined) return;
    const { do: kind, step } = action;
    this.#nowMs += 1;
    if (kind !== 'restart') {
      this.#seq += 1;
      this.#feed({ kind: 'command', seq: this.#seq, command: kind, ...(step === undefined ? {} : { step }) });
      return;
    }
    const restarted = restartState(this.ready.plan, this.state, this.#start(), step);
    if (!restarted.ok) throw new Error(restarted.message);
    this.#pending = [];
    this.state = restarted.state;
    this.#begin();
  }

  /** No other run is in the group of this one. */
  #begin(): void {
    this.#feed({ kind: 'start' });
    if (this.state.queue !== undefined) this.#feed({ kind: 'group', turn: { kind: 'entered' } });
  }

  /** Lets time pass until something is due. False when nothing ever is. */
  #wait(): boolean {
    const polls = this.#pending.flatMap((effect) => (effect.kind === 'observe' ? [effect.pollAtMs] : []));
    const due = Math.min(...polls, this.#wakeAtMs ?? Number.POSITIVE_INFINITY);
    if (!Number.isFinite(due)) return false;
    this.#nowMs = Math.max(this.#nowMs, due);
    this.#feed({ kind: 'time' });
    return true;
  }

  async #answer(effect: Effect): Promise<void> {
    this.#pending = this.#pending.filter((other) => other !== effect);
    const event = await this.#eventFor(effect);
    // Answers of one moment come one after another.
    this.#nowMs += 1;
    if (event !== undefined) this.#feed(event);
  }

  async #eventFor(effect: Effect): Promise<Event | undefined> {
    switch (effect.kind) {
      case 'evaluate-condition':
      case 'evaluate-parameters':
      case 'evaluate-turn':
      case 'evaluate-outputs':
        return evaluate(effect, this.#evaluators);
      case 'perform':
        return { kind: 'op', step: effect.step, key: effect.key, outcome: this.#perform(effect) };
      case 'observe': {
        const results = effect.recorded
          .filter(({ op }) => op === 'read')
          .map(({ path, result }) => [path, isObject(result) ? this.#lookAgain(result) : result] as const);
        return {
          kind: 'observed',
          step: effect.step,
          turn: effect.turn,
          results: Object.fromEntries(results),
        };
      }
      case 'cancel':
      case 'log':
        return undefined;
    }
  }

  #perform({ op, params, key }: Extract<Effect, { kind: 'perform' }>): OpOutcome {
    if (op === 'http') return this.#request(params, key);
    const name = nameOf(params['value']);
    if (op === 'apply') {
      const value = params['value'] as JsonObject;
      this.#objects.set(name, value);
      return { kind: 'ok', result: { value } };
    }
    if (op === 'read') return { kind: 'ok', result: this.#read(name) };
    throw new Error(`the scripted world has no op ${op}`);
  }

  #request(params: JsonObject, key: string): OpOutcome {
    const line = `${textParam(params, 'method', 'GET')} ${new URL(textParam(params, 'url', '')).pathname}`;
    const answer = answerAt(this.#answers, this.requests.length);
    this.requests.push({ line, key, atMs: this.#nowMs });
    if ('drop' in answer) {
      const message = 'the connection broke off';
      return ops.get('http')?.onUnknown(params) === 'fail'
        ? { kind: 'error', class: 'indeterminate', message }
        : { kind: 'error', class: 'transient', message, isRepeat: true };
    }
    const { status: statusCode, body = '' } = answer;
    if (listParam(params, 'retryOnStatus').includes(statusCode))
      return { kind: 'error', class: 'transient', message: `answered ${statusCode}` };
    return { kind: 'ok', result: { response: { statusCode, body, header: {}, trailer: {} } } };
  }

  /** A result of `read` says which object it was about. */
  #lookAgain(result: JsonObject): JsonObject {
    const { value } = result;
    const name =
      value === undefined ? textParam(result, 'err', '').replace(/ not found$/, '') : nameOf(value);
    return this.#read(name);
  }

  #read(name: string): JsonObject {
    const value = this.#objects.get(name);
    return value === undefined ? { err: `${name} not found` } : { value };
  }
}

function nameOf(value: unknown): string {
  const { metadata } = value as { readonly metadata: { readonly name: string } };
  return metadata.name;
}
