import { stringifyJson, type Json, type JsonObject } from '../../api/json.ts';
import type { OpRegistry, OpSpec } from '../../api/op-spec.ts';
import { faultText } from '../../engine/turn.ts';
import type { Evaluated } from '../../expr/expression.ts';
import type { Recorded, Turn } from '../../expr/template.ts';
import type { ParamsCheck } from '../../ops/check-params.ts';
import { compileCheck } from '../../step-types/schema/parameter-check.ts';
import type { StepType } from '../../step-types/step-type.ts';
import { ResultDeck } from './result-deck.ts';
import type { StepTypeTest, TestEnd } from './test-file.ts';

/** What a step type did with what a test gave it. */
export interface Rehearsal {
  readonly requests: readonly AskedRequest[];
  /** `stuck`: it asked for an op that the test has no result for. */
  readonly end: { readonly kind: TestEnd | 'stuck'; readonly message: string };
  /** Positions of the results that no op asked for. */
  readonly unused: readonly number[];
  /** Results that their op could never give, by position, and why. */
  readonly misfits: readonly { readonly index: number; readonly message: string }[];
  /** What a `valueFrom` reads at the end. */
  value(expression: string): Promise<Evaluated>;
}

export interface AskedRequest {
  readonly op: string;
  readonly path: string;
  readonly params: JsonObject;
}

export interface RehearsalPorts {
  readonly ops: OpRegistry;
  readonly checkParams: ParamsCheck;
}

/** More turns than this are a template that does not end. */
const turnLimit = 1000;

const everyContext: JsonObject = {
  name: 'test',
  namespace: 'default',
  workflowName: 'test',
  publishVersion: '',
  stepName: 'test',
  stepSessionID: 'test',
  spanID: 'test',
};

/**
 * Asks a template for its turns as the engine does, and answers each op with what was recorded: nothing is performed, and a
 * wait that does not hold reads what it depends on again, as long as there are further results of it.
 */
export async function rehearse(
  stepType: StepType,
  test: StepTypeTest,
  ports: RehearsalPorts,
): Promise<Rehearsal> {
  const input = { parameter: test.parameters, context: { ...everyContext, ...test.context } };
  const deck = new ResultDeck(test.results);
  const requests: AskedRequest[] = [];
  const misfits: { index: number; message: string }[] = [];
  let recorded: readonly Recorded[] = [];
  const ended = (kind: Rehearsal['end']['kind'], message = ''): Rehearsal => ({
    requests,
    end: { kind, message },
    unused: deck.unused(),
    misfits,
    value: (expression) => stepType.template.value({ ...input, recorded }, expression),
  });

  const refused = await parameterFaults(stepType, test.parameters);
  if (refused !== undefined) return ended('failed', refused);
  for (let turns = 0; turns < turnLimit; turns++) {
    // oxlint-disable-next-line no-await-in-loop -- each turn depends on the one before
    const turn = await stepType.template.next({ ...input, recorded });
    if (turn.kind === 'done') return ended('succeeded');
    if (turn.kind === 'error') return ended('failed', faultText(turn.faults));
    const { op, path, params } = turn;
    if (op !== 'wait' && op !== 'fail') requests.push({ op, path, params });
    const spec = ports.ops.get(op);
    const faults = spec === undefined ? [`there is no op "${op}"`] : ports.checkParams(spec, params);
    if (spec === undefined || faults.length > 0) return ended('failed', `${path}: ${faults.join('; ')}`);
    if (op === 'fail') return ended('failed', messageOf(params));
    if (op === 'break') return ended('succeeded', messageOf(params));
    if (op === 'wait' && params['continue'] !== true) {
      const again = readAgain(recorded, turn, deck);
      if (again === undefined) return ended('waiting', messageOf(params));
      recorded = again;
      continue;
    }
    const isRead = op === 'var' && params['method'] !== 'Put';
    if (spec.needs === 'control' && !isRead) {
      recorded = [...recorded, recordOf(turn, op === 'var' ? { value: params['value'] ?? null } : {})];
      continue;
    }
    const given = deck.take(path);
    if (given === undefined) return ended('stuck', stuckText(turn));
    if (given.fails !== undefined) return ended('failed', given.fails);
    // oxlint-disable-next-line no-await-in-loop -- as above
    const misfit = await resultMisfit(spec, given.result);
    if (misfit !== undefined) misfits.push({ index: given.index, message: misfit });
    recorded = [...recorded, recordOf(turn, given.result)];
  }
  return ended('stuck', `the template did not end within ${turnLimit} turns`);
}

/** What the plan would refuse; a parameter that CUE does not name is no more than a warning there. */
async function parameterFaults(stepType: StepType, parameters: JsonObject): Promise<string | undefined> {
  const faults = await stepType.checkParameter(parameters);
  const errors = faults.filter(
    ({ code }) => code !== 'UnknownParameter' || stepType.unknownParameters === 'refuse',
  );
  return errors.length === 0 ? undefined : errors.map(({ message }) => message).join('; ');
}

type OpTurn = Extract<Turn, { kind: 'op' }>;

/** Undefined: nothing that the wait depends on has a further result. */
function readAgain(
  recorded: readonly Recorded[],
  { deps }: OpTurn,
  deck: ResultDeck,
): readonly Recorded[] | undefined {
  let isChanged = false;
  const again = recorded.map((record) => {
    const next = deps.includes(record.path) ? deck.takeAgain(record.path) : undefined;
    if (next?.result === undefined) return record;
    isChanged = true;
    return { ...record, result: next.result };
  });
  return isChanged ? again : undefined;
}

function recordOf({ path, op, style }: OpTurn, result: Json): Recorded {
  return { path, op, style, result };
}

function messageOf({ message }: JsonObject): string {
  return typeof message === 'string' ? message : '';
}

function stuckText({ op, path, params }: OpTurn): string {
  return `the test has no result for the op ${op} at "${path}", which was asked with ${stringifyJson(params)}`;
}

/** A recording that the op could never make would test nothing. */
async function resultMisfit(spec: OpSpec, result: Json): Promise<string | undefined> {
  const check = await compileCheck(spec.result, `the result of ${spec.name}`);
  const checked = check(result);
  if (checked.ok) return undefined;
  const faults = checked.faults.map(({ message }) => message.replace(/^the parameters?\b/, 'field'));
  return `${spec.name} never gives such a result: ${faults.join('; ')}`;
}
