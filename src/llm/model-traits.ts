import type { AnswerFormat, ModelRequest } from './model-client.ts';

/** What a model turned out to refuse. */
export interface ModelTraits {
  /** What the limit of the answer is called. Local servers ignore the newer name silently, so the older one is tried first. */
  readonly limitName: 'max_tokens' | 'max_completion_tokens';
  /** Parameters it does not take. */
  readonly refused: ReadonlySet<Droppable>;
}

/** The last two are about how an answer comes, not about what it is. */
export type Droppable = 'temperature' | 'seed' | 'stream_options' | 'stream';

export const unknownTraits: ModelTraits = { limitName: 'max_tokens', refused: new Set() };

const droppable: readonly Droppable[] = ['temperature', 'seed', 'stream_options', 'stream'];

/** The body of a request to chat completions. */
export function bodyOf(
  request: ModelRequest,
  traits: ModelTraits,
  isStreamed: boolean,
): Record<string, unknown> {
  const { model, messages, temperature, seed, maxOutputTokens, format } = request;
  const isTaken = isStreamed && !traits.refused.has('stream');
  const parameters: Record<Droppable, unknown> = {
    temperature,
    seed,
    stream_options: isTaken ? { include_usage: true } : undefined,
    stream: isTaken ? true : undefined,
  };
  const taken = droppable.filter((name) => parameters[name] !== undefined && !traits.refused.has(name));
  return {
    model,
    messages: messages.map(({ role, content }) => ({ role, content })),
    ...Object.fromEntries(taken.map((name) => [name, parameters[name]])),
    ...(maxOutputTokens === undefined ? {} : { [traits.limitName]: maxOutputTokens }),
    ...formatOf(format),
  };
}

function formatOf(format: AnswerFormat | undefined): object {
  if (format?.kind === 'json') return { response_format: { type: 'json_object' } };
  if (format?.kind !== 'schema') return {};
  const { name, schema } = format;
  return { response_format: { type: 'json_schema', json_schema: { name, schema, strict: true } } };
}

/**
 * The traits that a refusal teaches; undefined when it names nothing that can be left out. `said` is the parameter that the
 * server names, and its message.
 */
export function learn(
  traits: ModelTraits,
  sent: Record<string, unknown>,
  said: string,
): ModelTraits | undefined {
  for (const name of droppable) {
    if (sent[name] !== undefined && names(said, name))
      return { ...traits, refused: new Set([...traits.refused, name]) };
  }
  // Only once, from the older name to the newer: a limit that is too large is refused in nearly the same words.
  if (sent['max_tokens'] === undefined || !names(said, 'max_tokens')) return undefined;
  return { ...traits, limitName: 'max_completion_tokens' };
}

/** Whether a refusal is about the form that the answer was asked in. */
export function isAboutFormat(sent: Record<string, unknown>, said: string): boolean {
  return (
    sent['response_format'] !== undefined &&
    /\b(?:response_format|json_schema|json_object|structured output)/i.test(said)
  );
}

function names(said: string, parameter: string): boolean {
  return new RegExp(String.raw`\b${parameter}\b`, 'i').test(said);
}
