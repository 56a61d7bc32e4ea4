import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { openHttpClient } from '../../src/net/open-http-client.ts';
import { openModelClient, type ModelClientOptions } from '../../src/llm/open-model-client.ts';
import type { ModelClient, ModelRequest } from '../../src/llm/model-client.ts';
import type { ModelEndpoint } from '../../src/llm/endpoint.ts';
import { bodyOf, serveHttp, type Running } from '../net/loopback.ts';

export interface Asked {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
}

export interface ModelServer extends Running {
  readonly asked: Asked[];
  readonly endpoint: ModelEndpoint;
}

export type Reply = (response: ServerResponse, asked: Asked) => void;

/** A server that answers the first request with the first reply, and so on; the last one serves the rest. */
export async function serveModel(...replies: readonly Reply[]): Promise<ModelServer> {
  const asked: Asked[] = [];
  const running = await serveHttp((request, response) => {
    void bodyOf(request).then((text) => {
      const seen = {
        url: request.url ?? '',
        headers: request.headers,
        body: JSON.parse(text) as Asked['body'],
      };
      asked.push(seen);
      return replies[Math.min(asked.length, replies.length) - 1]?.(response, seen);
    });
  });
  return { ...running, asked, endpoint: { kind: 'openai', baseUrl: `${running.url}/v1` } };
}

export function completion(message: object | string, parts: object = {}, choice: object = {}): object {
  const whole = typeof message === 'string' ? { role: 'assistant', content: message } : message;
  return {
    id: 'c1',
    object: 'chat.completion',
    model: 'judge-1',
    choices: [{ index: 0, message: whole, finish_reason: 'stop', ...choice }],
    usage: { prompt_tokens: 11, completion_tokens: 3, total_tokens: 14 },
    ...parts,
  };
}

export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Reply {
  return (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}

export function says(message: object | string, parts: object = {}, choice: object = {}): Reply {
  return json(completion(message, parts, choice));
}

export function refuses(
  status: number,
  error: object | string = {},
  headers: Record<string, string> = {},
): Reply {
  return json({ error }, status, headers);
}

export function chunk(content: string, finish: string | null = null): string {
  const choices = [{ index: 0, delta: { content }, finish_reason: finish }];
  return `data: ${JSON.stringify({ object: 'chat.completion.chunk', model: 'judge-1', choices })}\n\n`;
}

export const usageChunk: string = `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 11, completion_tokens: 3 } })}\n\n`;

export function streams(...pieces: readonly string[]): Reply {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const piece of pieces) response.write(piece);
    response.end();
  };
}

export const question: ModelRequest = {
  model: 'judge',
  messages: [{ role: 'user', content: 'Is it ready?' }],
};

/** A signal that never fires. */
export function calm(): AbortSignal {
  return new AbortController().signal;
}

export interface TestClient {
  readonly client: ModelClient;
  /** What it waited for; it never really waits. */
  readonly pauses: number[];
  close(): Promise<void>;
}

/** A client whose clock moves only by its pauses. */
export function openTestClient(
  options: Partial<ModelClientOptions> & Pick<ModelClientOptions, 'endpoint'>,
): TestClient {
  const http = openHttpClient({ egress: { allowLoopback: true } });
  const pauses: number[] = [];
  let nowMs = 0;
  const client = openModelClient({
    http,
    pause: async (ms) => {
      pauses.push(ms);
      nowMs += ms;
    },
    now: () => nowMs,
    random: () => 1,
    ...options,
  });
  return { client, pauses, close: () => http.close() };
}
