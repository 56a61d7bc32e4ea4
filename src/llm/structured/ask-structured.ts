import { SluiceError, isSluiceError } from '../../api/errors.ts';
import { stringifyJson, type JsonObject } from '../../api/json.ts';
import type {
  AnswerFormat,
  AskOptions,
  ModelAnswer,
  ModelClient,
  ModelMessage,
  ModelRequest,
  TokenUsage,
} from '../model-client.ts';
import { readAnswer, type AnswerDefect, type Tolerance } from './read-answer.ts';
import { compileSchema, type SchemaCheck } from './schema-check.ts';

export interface StructuredRequest extends Omit<ModelRequest, 'format'> {
  /** Name of the schema for the server: letters, digits, `_` and `-`. */
  readonly name: string;
  /** Of an object. It is shown to the model as well: many servers ignore what they are asked for in any other way. */
  readonly schema: object;
  /** A rule beyond the schema: undefined, or what is wrong, in words for the model that quote no evidence. */
  readonly check?: (value: JsonObject) => string | undefined;
  /** What may stand beside the object; `defaultTolerances` if undefined. */
  readonly tolerate?: ReadonlySet<Tolerance>;
}

export interface StructuredAnswer {
  readonly value: JsonObject;
  readonly tolerated: ReadonlySet<Tolerance>;
  /** All turns, the last one with the value. */
  readonly answers: readonly ModelAnswer[];
  /** The form in which the server was asked. */
  readonly format: AnswerFormat['kind'];
  /** Of all turns; undefined when one of them was not counted. */
  readonly usage: TokenUsage | undefined;
}

/** What leaves no doubt about the answer. Text around it does, and so does a block of thinking without an end. */
export const defaultTolerances: ReadonlySet<Tolerance> = new Set<Tolerance>([
  'thinking',
  'fence',
  'trailing-comma',
  'raw-newline',
]);

export interface StructuredAsker {
  ask(
    request: StructuredRequest,
    options: Pick<AskOptions, 'signal' | 'beforeSend' | 'maxAttempts'>,
  ): Promise<StructuredAnswer>;
}

/** What askers of one server learn, for those that come after them. */
export interface AskerMemory {
  /** The form that each model takes. */
  readonly formats: Map<string, number>;
  readonly checks: WeakMap<object, Promise<SchemaCheck>>;
}

export function openAskerMemory(): AskerMemory {
  return { formats: new Map(), checks: new WeakMap() };
}

/**
 * Asks for one JSON object: by JSON Schema, in JSON mode where the server refuses that, in words alone where it refuses that
 * too; what it refused is remembered for each model. An answer that cannot be used gets one turn to repair it, read by the
 * same rules; after that the call throws SluiceError `terminal` ModelAnswerInvalid. Nothing of the model's text is in it.
 */
export function openStructuredAsker(
  client: ModelClient,
  memory: AskerMemory = openAskerMemory(),
): StructuredAsker {
  const { formats, checks } = memory;
  return {
    async ask(request, options) {
      const compiled = checks.get(request.schema) ?? compileSchema(request.schema);
      checks.set(request.schema, compiled);
      const check = await compiled;
      const messages = withInstruction(request.messages, request.schema);
      const first = await askInAnyFormat(messages, request, options);
      const reading = judge(first.answer, request, check);
      if (reading.kind === 'good') return structured(reading, [first.answer], first.format);
      const repair = repairTurn(messages, first.answer, reading.reason);
      const second = await askInAnyFormat(repair, request, options).catch((error: unknown) => {
        throw alsoSpent(error, first.answer);
      });
      const repaired = judge(second.answer, request, check);
      const answers = [first.answer, second.answer];
      if (repaired.kind === 'good') return structured(repaired, answers, second.format);
      throw invalid(request.model, repaired.reason, answers);
    },
  };

  async function askInAnyFormat(
    messages: readonly ModelMessage[],
    request: StructuredRequest,
    options: Pick<AskOptions, 'signal' | 'beforeSend' | 'maxAttempts'>,
  ): Promise<{ readonly answer: ModelAnswer; readonly format: AnswerFormat['kind'] }> {
    const { name, schema, check: _check, tolerate: _tolerate, ...rest } = request;
    const forms: readonly AnswerFormat[] = [
      { kind: 'schema', name, schema },
      { kind: 'json' },
      { kind: 'text' },
    ];
    for (let index = formats.get(request.model) ?? 0; ; index += 1) {
      const format = forms[index] ?? { kind: 'text' };
      try {
        // oxlint-disable-next-line no-await-in-loop -- a form is tried because the one before it was refused
        const answer = await client.ask({ ...rest, messages, format }, options);
        formats.set(request.model, index);
        return { answer, format: format.kind };
      } catch (error) {
        if (!isSluiceError(error) || error.code !== 'ModelFormatRefused' || index >= forms.length - 1)
          throw error;
      }
    }
  }
}

type Judged =
  | { readonly kind: 'good'; readonly value: JsonObject; readonly tolerated: ReadonlySet<Tolerance> }
  | { readonly kind: 'bad'; readonly reason: string };

function judge(answer: ModelAnswer, request: StructuredRequest, check: SchemaCheck): Judged {
  const reading = readAnswer(answer.text);
  if (reading.kind === 'defect') return { kind: 'bad', reason: defectReasons[reading.defect] };
  const { value, tolerated } = reading;
  const tolerate = request.tolerate ?? defaultTolerances;
  const refused = [...tolerated].find((each) => !tolerate.has(each));
  if (refused !== undefined) return { kind: 'bad', reason: toleranceReasons[refused] };
  const faults = check(value);
  if (faults.length > 0)
    return { kind: 'bad', reason: `it does not match the schema: ${faults.join('; ').slice(0, 500)}` };
  const reason = request.check?.(value);
  return reason === undefined ? { kind: 'good', value, tolerated } : { kind: 'bad', reason };
}

const defectReasons: Readonly<Record<AnswerDefect, string>> = {
  'no-object': 'it holds no JSON object',
  'several-objects': 'it holds more than one JSON object',
  'duplicate-key': 'an object in it has a key twice',
  malformed: 'it is not valid JSON',
  'cut-off': 'it ends inside of the JSON object',
  'too-deep': 'it nests too deep',
};

const toleranceReasons: Readonly<Record<Tolerance, string>> = {
  thinking: 'there is thinking before the JSON object',
  'unclosed-thinking': 'it begins a block of thinking that never ends',
  fence: 'there is a code fence around the JSON object',
  'trailing-comma': 'it has a comma too many',
  'raw-newline': 'a string in it holds a line break or tab that is not escaped',
  'text-around': 'there is text around the JSON object',
};

/** The schema goes into the instruction, which is the same text for any evidence. */
function withInstruction(messages: readonly ModelMessage[], schema: object): readonly ModelMessage[] {
  const instruction = `Answer with one JSON object and nothing else: no text around it, no code fence. It must match this JSON Schema:\n${stringifyJson(schema)}`;
  const [first, ...rest] = messages;
  if (first?.role !== 'system') return [{ role: 'system', content: instruction }, ...messages];
  return [{ role: 'system', content: `${first.content}\n\n${instruction}` }, ...rest];
}

/** More of a bad answer does not help, and is paid for. */
const repeatedChars = 8000;

function repairTurn(
  messages: readonly ModelMessage[],
  answer: ModelAnswer,
  reason: string,
): readonly ModelMessage[] {
  return [
    ...messages,
    { role: 'assistant', content: answer.text.slice(0, repeatedChars).toWellFormed() },
    {
      role: 'user',
      content: `That answer cannot be used: ${reason}. Give the same answer again as exactly one JSON object that matches the schema, and nothing else.`,
    },
  ];
}

function structured(
  { value, tolerated }: Extract<Judged, { kind: 'good' }>,
  answers: readonly ModelAnswer[],
  format: AnswerFormat['kind'],
): StructuredAnswer {
  return { value, tolerated, answers, format, usage: sumOf(answers) };
}

function sumOf(answers: readonly ModelAnswer[]): TokenUsage | undefined {
  let sum: TokenUsage = { inputTokens: 0, outputTokens: 0 };
  for (const { usage } of answers) {
    if (usage === undefined) return undefined;
    sum = {
      inputTokens: sum.inputTokens + usage.inputTokens,
      outputTokens: sum.outputTokens + usage.outputTokens,
    };
  }
  return sum;
}

function invalid(model: string, reason: string, answers: readonly ModelAnswer[]): SluiceError {
  const usage = sumOf(answers);
  return new SluiceError(
    'terminal',
    'ModelAnswerInvalid',
    `the answer of ${model.slice(0, 100)} cannot be used, also after it was asked to repair it: ${reason}`,
    {
      hint: 'try a model that follows a JSON Schema',
      ...(usage === undefined ? {} : { details: { ...usage } }),
    },
  );
}

/** The first turn was paid for although the second failed. */
function alsoSpent(error: unknown, { usage }: ModelAnswer): unknown {
  if (!isSluiceError(error) || usage === undefined) return error;
  const { inputTokens = 0, outputTokens = 0 } = error.details ?? {};
  return new SluiceError(error.kind, error.code, error.message, {
    cause: error,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    details: {
      ...error.details,
      inputTokens: Number(inputTokens) + usage.inputTokens,
      outputTokens: Number(outputTokens) + usage.outputTokens,
    },
  });
}
