import type { Json, JsonObject } from '../../src/api/json.ts';
import type { Recorded, TemplateInput, Turn } from '../../src/expr/template.ts';
import type { StepType } from '../../src/step-types/step-type.ts';

export const context: JsonObject = {
  name: 'release',
  namespace: 'default',
  stepName: 'deploy',
  stepSessionID: 'abc',
  workflowName: '',
  publishVersion: '',
  spanID: 'n.abc',
};

/** What an op comes to, by its path; a list is taken one result a time, the last one again and again. */
export type Answers = Readonly<Record<string, Json | readonly Json[]>>;

export interface Driven {
  /** `op path`, in order. */
  readonly trace: readonly string[];
  readonly last: Turn;
  /** Params of the op at this path, the last time it was wanted. */
  params(path: string): JsonObject | undefined;
  readonly input: TemplateInput;
}

/**
 * Drives a step type turn by turn as the engine does: control ops are recorded as done, a `fail` ends the step, a `wait`
 * that is not content has what it depends on answered again.
 */
export async function drive(
  stepType: StepType,
  parameter: JsonObject,
  answers: Answers = {},
): Promise<Driven> {
  const taken = new Map<string, number>();
  const params = new Map<string, JsonObject>();
  const trace: string[] = [];
  let recorded: readonly Recorded[] = [];
  const answer = (path: string): Json => {
    const all = answers[path];
    if (all === undefined) throw new Error(`the step type wants ${path}, for which there is no answer`);
    const index = taken.get(path) ?? 0;
    taken.set(path, index + 1);
    return Array.isArray(all) ? (all[Math.min(index, all.length - 1)] as Json) : all;
  };
  for (let turns = 0; turns < 50; turns++) {
    const input = { parameter, context, recorded };
    const turn = await stepType.template.next(input);
    const end: Driven = { trace, last: turn, params: (path) => params.get(path), input };
    if (turn.kind !== 'op') return end;
    trace.push(`${turn.op} ${turn.path}`);
    params.set(turn.path, turn.params);
    if (turn.op === 'fail') return end;
    if (turn.op === 'wait' && turn.params['continue'] !== true) {
      recorded = recorded.map((op) =>
        turn.deps.includes(op.path) ? { ...op, result: answer(op.path) } : op,
      );
      continue;
    }
    const isControl = ['wait', 'message', 'log', 'suspend', 'break'].includes(turn.op);
    const result = isControl ? {} : answer(turn.path);
    recorded = [...recorded, { path: turn.path, op: turn.op, style: 'inline', result }];
  }
  throw new Error(`the step type did not end: ${trace.join(', ')}`);
}

/** How it ended, in a line. */
export function ending({ last }: Driven): string {
  if (last.kind === 'done') return 'done';
  if (last.kind === 'op') {
    const { message } = last.params;
    return `${last.op}: ${typeof message === 'string' ? message : 'without a message'}`;
  }
  return `error: ${last.faults.map(({ path, message }) => `${path ?? ''}: ${message}`).join('; ')}`;
}
