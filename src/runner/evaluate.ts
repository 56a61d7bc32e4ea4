import { createHash } from 'node:crypto';
import { stringifyJson, type JsonObject } from '../api/json.ts';
import type { Effect, Event } from '../engine/events.ts';
import type { Evaluated, ExpressionEngine, ExprFault } from '../expr/expression.ts';
import type { Turn } from '../expr/template.ts';
import type { PlannedExpression, PlannedOutput } from '../plan/plan.ts';
import { compileCheck } from '../step-types/schema/parameter-check.ts';
import type { ParameterFault, StepType } from '../step-types/step-type.ts';
import { formatFieldPath } from '../api/field-path.ts';
import type { OutputSchemas } from './output-schemas.ts';

export type Evaluation = Extract<
  Effect,
  { kind: 'evaluate-condition' | 'evaluate-parameters' | 'evaluate-turn' | 'evaluate-outputs' }
>;

/** What evaluating needs: none of it has an effect on the world. */
export interface Evaluators {
  readonly expressions: ExpressionEngine;
  readonly schemas: OutputSchemas;
  /** Faults of the params of an op that the engine itself decides, and that no performer would check. */
  readonly checkControlOp: (op: string, params: JsonObject) => readonly string[];
  readonly stepType: (step: string) => StepType;
}

/** Answers an `evaluate-*` effect. What cannot be evaluated is an answer, too. */
export async function evaluate(effect: Evaluation, evaluators: Evaluators): Promise<Event> {
  switch (effect.kind) {
    case 'evaluate-condition': {
      const { expression, scope } = effect;
      const result = await evaluators.expressions.evaluate({ ...scope }, expression.text);
      return { kind: 'condition', step: effect.step, result: placed(result, expression) };
    }
    case 'evaluate-parameters': {
      const check = await compileCheck(effect.schema, 'the parameters of the Workflow');
      const found = check(effect.value);
      const result: Evaluated = found.ok ? found : { ok: false, faults: found.faults.map(exprFault) };
      return { kind: 'parameters', step: effect.step, result };
    }
    case 'evaluate-turn': {
      const result = checked(await turn(effect, evaluators.stepType(effect.step)), evaluators);
      const digest = result.kind === 'op' ? sha256(stringifyJson(result.params)) : '';
      return { kind: 'turn', step: effect.step, turn: effect.turn, result, digest };
    }
    case 'evaluate-outputs': {
      const results = [];
      for (const output of effect.outputs) {
        const value = await outputValue(output, effect, evaluators);
        results.push({ name: output.name, result: placed(value, output.valueFrom) });
      }
      return { kind: 'outputs', step: effect.step, results };
    }
  }
}

/** SHA-256 in hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function turn(
  effect: Extract<Effect, { kind: 'evaluate-turn' }>,
  stepType: StepType,
): ReturnType<StepType['template']['next']> {
  if (effect.checkParameter) {
    const faults = await stepType.checkParameter(effect.input.parameter);
    // An unknown parameter of an open definition was a warning of the plan's.
    const errors = faults.filter(
      ({ code }) => code !== 'UnknownParameter' || stepType.unknownParameters === 'refuse',
    );
    if (errors.length > 0) return { kind: 'error', faults: errors.map(exprFault) };
  }
  return stepType.template.next(effect.input);
}

/** A misspelt field of a control op, such as `contine` of a wait, is an error and no wait for ever. */
function checked(result: Turn, evaluators: Evaluators): Turn {
  if (result.kind !== 'op') return result;
  const faults = evaluators.checkControlOp(result.op, result.params);
  if (faults.length === 0) return result;
  return {
    kind: 'error',
    faults: faults.map((message) => ({ kind: 'evaluation', path: result.path, message })),
  };
}

function exprFault(fault: ParameterFault): ExprFault {
  return {
    kind: 'parameter',
    path: formatFieldPath(fault.path),
    message: fault.message,
    ...(fault.suggestion === undefined ? {} : { hint: `did you mean ${fault.suggestion}?` }),
  };
}

async function outputValue(
  output: PlannedOutput,
  effect: Extract<Effect, { kind: 'evaluate-outputs' }>,
  { expressions, schemas, stepType }: Evaluators,
): Promise<Evaluated> {
  const type = stepType(effect.step);
  const { text } = output.valueFrom;
  const { context, parameter } = effect.input;
  const value =
    type.kind !== 'template'
      ? await expressions.evaluate({ context, parameter, ...effect.results }, text)
      : await type.template.value(effect.input, text);
  if (!value.ok || output.schema === undefined) return value;
  return schemas.check(output.schema, value.value);
}

/** Moves the position of a fault from the expression's own text to the user's file. */
function placed(result: Evaluated, expression: PlannedExpression): Evaluated {
  if (result.ok) return result;
  const { file, line, column } = expression.place;
  const faults = result.faults.map((fault) => {
    // A fault inside the step type already has its own place.
    if (fault.at !== undefined && fault.at.source !== 'expression') return fault;
    const at = fault.at ?? { line: 1, column: 1 };
    return {
      ...fault,
      at: {
        source: file,
        line: line + at.line - 1,
        column: at.line === 1 ? column + at.column - 1 : at.column,
      },
    };
  });
  return { ok: false, faults };
}
