import type { ServerResponse } from 'node:http';
import { countTokens } from '../llm/budget/count-tokens.ts';
import type { Answer } from './answer.ts';

/** The name that answers and the model list carry, whatever model was asked for. */
export const offlineModel = 'sluice-offline';

export interface Completion {
  readonly id: string;
  readonly createdMs: number;
  readonly prompt: string;
  readonly answer: Answer;
}

/** A chat completion as OpenAI's API writes it. Tokens are counted as for a model that nobody knows. `sluice` is ours. */
export function completionBody(completion: Completion): object {
  const { id, createdMs, prompt, answer } = completion;
  const [read, written] = [countTokens(prompt), countTokens(answer.content)];
  return {
    id,
    object: 'chat.completion',
    created: Math.floor(createdMs / 1000),
    model: offlineModel,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: answer.content },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: { prompt_tokens: read, completion_tokens: written, total_tokens: read + written },
    sluice: { engine: 'offline', question: answer.question, explanation: answer.explanation },
  };
}

export function modelsBody(): object {
  return { object: 'list', data: [modelBody()] };
}

export function modelBody(): object {
  return { id: offlineModel, object: 'model', created: 0, owned_by: 'sluice' };
}

export function sendJson(response: ServerResponse, status: number, body: object): void {
  if (response.destroyed || response.headersSent) return;
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    // What is left of a refused body is not read, so the connection cannot be used again.
    ...(status >= 400 ? { connection: 'close' } : {}),
  });
  response.end(text);
}

/** An error as OpenAI's API writes it. */
export function sendError(
  response: ServerResponse,
  status: number,
  message: string,
  param: string | null = null,
): void {
  const type = status >= 500 ? 'server_error' : 'invalid_request_error';
  sendJson(response, status, { error: { message, type, param, code: null } });
}
