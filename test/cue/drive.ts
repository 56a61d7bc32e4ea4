import type { Json, JsonObject } from '../../src/api/json.ts';
import { openCueEngine } from '../../src/cue/engine.ts';
import type { CompiledCue, CueEngine } from '../../src/cue/engine.ts';
import type { Recorded, Template, Turn } from '../../src/expr/template.ts';
import { checkOpParams, ops } from '../../src/ops/registry.ts';

export function openTestEngine(): CueEngine {
  return openCueEngine({ ops });
}

export const context: JsonObject = {
  name: 'my-run',
  namespace: 'default',
  stepName: 'my-step',
  stepSessionID: 'abc123',
};

/** Compiles the text of a template; a fault is the test's failure. */
export async function compileText(engine: CueEngine, source: string): Promise<CompiledCue> {
  const compiled = await engine.compile({ name: 'test', source, file: 'test.cue' });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.faults));
  return compiled;
}

export interface Drive {
  /** What was asked for, one line an op: `apply output`, `wait wait false <- output`, `fail f "message"`, `done`. */
  readonly transcript: readonly string[];
  readonly recorded: readonly Recorded[];
  /** Parameters of the ops by path. */
  readonly params: Readonly<Record<string, JsonObject>>;
}

/**
 * Runs a template to its end, its failure, or a wait that does not hold. `results` has the results of ops by path: a list
 * is one result after another, the next for each time a wait asks for the op again.
 */
export async function drive(
  template: Template,
  parameter: JsonObject,
  results: Readonly<Record<string, Json>> = {},
): Promise<Drive> {
  const transcript: string[] = [];
  const params: Record<string, JsonObject> = {};
  let recorded: readonly Recorded[] = [];
  const visits = new Map<string, number>();
  const resultOf = (path: string): Json | undefined => {
    const series = results[path];
    if (!Array.isArray(series)) return visits.has(path) ? undefined : series;
    return series[visits.get(path) ?? 0] as Json | undefined;
  };
  for (let turns = 0; turns < 30; turns++) {
    // oxlint-disable-next-line no-await-in-loop -- each turn depends on the one before
    const turn = await template.next({ parameter, context, recorded });
    transcript.push(line(turn));
    if (turn.kind !== 'op') return { transcript, recorded, params };
    params[turn.path] = turn.params;
    checkParams(turn.op, turn.params);
    if (turn.op === 'fail') return { transcript, recorded, params };
    if (turn.op === 'wait' && turn.params['continue'] !== true) {
      const refreshed = recorded.map((record) => {
        const result = turn.deps.includes(record.path) ? resultOf(record.path) : undefined;
        if (result === undefined) return record;
        visits.set(record.path, (visits.get(record.path) ?? 0) + 1);
        return { ...record, result };
      });
      if (refreshed.every((record, i) => record === recorded[i])) return { transcript, recorded, params };
      recorded = refreshed;
      continue;
    }
    const result = resultOf(turn.path) ?? {};
    visits.set(turn.path, 1);
    recorded = [...recorded, { path: turn.path, op: turn.op, style: turn.style, result }];
  }
  throw new Error(`the template does not end: ${transcript.join('; ')}`);
}

function checkParams(name: string, params: JsonObject): void {
  const spec = ops.get(name);
  const faults = spec === undefined ? [] : checkOpParams(spec, params);
  if (faults.length > 0) throw new Error(`${name}: ${faults.join('; ')}`);
}

function line(turn: Turn): string {
  if (turn.kind === 'op') return opLine(turn);
  return turn.kind === 'done' ? 'done' : `error ${turn.faults.map((fault) => fault.message).join(' | ')}`;
}

function opLine(turn: Extract<Turn, { kind: 'op' }>): string {
  const words: string[] = [turn.op, turn.path];
  for (const name of ['continue', 'message', 'data']) {
    if (turn.params[name] !== undefined) words.push(JSON.stringify(turn.params[name]));
  }
  if (turn.deps.length > 0) words.push('<-', ...turn.deps);
  return words.join(' ');
}
