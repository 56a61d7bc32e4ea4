import type { ServerResponse } from 'node:http';
import type { Answer } from './answer.ts';

/** The name that answers and the model list carry, whatever model was asked for. */
export const offlineModel = 'sluice-offline';

export interface Completion {
  readonly id: string;
  readonly createdMs: number;
  readonly answer: Answer;
}

/** A chat completion as OpenAI's API writes it. Tokens are 0: no model read or wrote any. `sluice` is ours. */
export function completionBody(completion: Completion): object {
  const { id, createdMs, answer } = completion;
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
    usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
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
