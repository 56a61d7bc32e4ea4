import type { SecretMask } from '../api/secret-mask.ts';
import { writtenPath } from '../api/step-path.ts';
import type { Event } from '../engine/events.ts';
import type { Plan } from '../plan/plan.ts';
import type { StepType } from '../step-types/step-type.ts';
import { evaluate, type Evaluators } from './evaluate.ts';
import { observe } from './observe.ts';
import { perform, type OpSurroundings } from './perform.ts';
import type { Answerable, LoopPorts } from './run-loop.ts';
import { sensitiveValues, texts } from './sensitive-values.ts';

export interface AnswerParts {
  readonly plan: Plan;
  /** Unique to the run; part of every idempotency key. */
  readonly runId: string;
  readonly stepTypes: ReadonlyMap<string, StepType>;
  readonly mask: SecretMask;
  readonly evaluators: Omit<Evaluators, 'stepType'>;
  readonly surroundings: Omit<
    OpSurroundings,
    'run' | 'runId' | 'stepName' | 'addSecret' | 'maskSecrets' | 'secretValues' | 'now' | 'evaluate'
  >;
  readonly now: () => number;
}

/** Answers the effects of one run: evaluates, performs, observes. Secrets that it meets on the way go into the mask. */
export function answerEffects(parts: AnswerParts): LoopPorts['answer'] {
  const { plan, mask } = parts;
  for (const value of sensitiveValues(plan.parameters?.schema, plan.parameters?.values)) mask.add(value);
  const byPath = new Map(plan.steps.map((step) => [step.path, step]));
  const stepType = (path: string): StepType =>
    found(parts.stepTypes.get(byPath.get(writtenPath(path))?.type ?? ''), path);
  const evaluators: Evaluators = { ...parts.evaluators, stepType };
  const surroundings: OpSurroundings = {
    ...parts.surroundings,
    run: { uid: parts.runId, ...plan.run },
    runId: parts.runId,
    stepName: (path) => byPath.get(path)?.name ?? path,
    addSecret: (value) => mask.add(value),
    maskSecrets: (text) => mask.mask(text),
    secretValues: () => mask.values(),
    now: parts.now,
    evaluate: (scope, expression) => parts.evaluators.expressions.evaluate(scope, expression),
  };

  async function answer(effect: Answerable, signal: AbortSignal): Promise<Event | undefined> {
    if (effect.kind === 'perform') return perform(effect, surroundings, signal);
    if (effect.kind === 'observe') return observe(effect, surroundings, parts.now, signal);
    if (effect.kind === 'evaluate-turn' && effect.checkParameter) {
      const { parameterSchema } = stepType(effect.step);
      for (const value of sensitiveValues(parameterSchema, effect.input.parameter)) mask.add(value);
    }
    const event = await evaluate(effect, evaluators);
    if (effect.kind === 'evaluate-parameters' && event.kind === 'parameters' && event.result.ok)
      for (const value of sensitiveValues(effect.schema, event.result.value)) mask.add(value);
    return event;
  }

  function noteSensitiveOutputs(event: Extract<Event, { kind: 'outputs' }>): void {
    const outputs = byPath.get(writtenPath(event.step))?.outputs ?? [];
    for (const { name, result } of event.results) {
      const isSensitive = outputs.some((output) => output.name === name && output.sensitive);
      if (isSensitive && result.ok) for (const text of texts(result.value)) mask.add(text);
    }
  }

  return async (effect, signal) => {
    const event = await answer(effect, signal);
    if (event?.kind === 'outputs') noteSensitiveOutputs(event);
    return event;
  };
}

function found(stepType: StepType | undefined, path: string): StepType {
  if (stepType === undefined) throw new Error(`no step type for step ${path}`);
  return stepType;
}
