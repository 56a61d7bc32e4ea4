import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ReadOnlyCluster } from '../cluster/port.ts';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { SluiceError, messageOf } from '../api/errors.ts';
import { answerPrompt } from './answer.ts';
import { readChatRequest } from './chat-request.ts';
import { completionBody, modelBody, modelsBody, offlineModel, sendError, sendJson } from './reply.ts';
import { readBody } from './request-body.ts';

export interface OfflineEngineOptions {
  /** The clusters of the run, where live state is looked up; asked at each request. */
  readonly clusters: () => Promise<readonly ReadOnlyCluster[]>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Must not be guessable: it also makes the path that keeps other processes of the machine out. */
  readonly newId: () => string;
}

export interface OfflineEngine {
  /** Base URL for an OpenAI client, `http://127.0.0.1:PORT/TOKEN/v1`. Any Authorization header is accepted, none is needed. */
  readonly url: string;
  /** How the score of a recent answer came about, by the `id` of the completion; undefined when it is unknown. */
  explain(id: string): readonly string[] | undefined;
  close(): Promise<void>;
}

export const bodyLimitBytes: number = 4 * 1024 * 1024;
const explanationLimit = 100;

/** Starts the offline engine on a free port of 127.0.0.1. It never keeps the process alive. Throws SluiceError `environment`. */
export async function startOfflineEngine(options: OfflineEngineOptions): Promise<OfflineEngine> {
  const explanations = new Map<string, readonly string[]>();
  // Three, because an id may be as short as the suffix of a generated name.
  const token = [options.newId(), options.newId(), options.newId()].join('-');
  const base = `/${encodeURIComponent(token)}/v1`;
  const server = createServer(
    { requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 2_000 },
    (request, response) => {
      handle(request, response, base, options, explanations).catch((error: unknown) => {
        sendError(response, 500, `The offline engine failed: ${messageOf(error)}`);
      });
    },
  );
  server.maxConnections = 64;
  server.on('connection', (socket) => socket.unref());
  const { port } = await listen(server);
  return {
    url: `http://127.0.0.1:${port}${base}`,
    explain: (id) => explanations.get(id),
    close: () => close(server),
  };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  base: string,
  options: OfflineEngineOptions,
  explanations: Map<string, readonly string[]>,
): Promise<void> {
  // A page in a browser can reach 127.0.0.1 under a name of its own (DNS rebinding); its Host header gives it away.
  if (!isLoopback(request.headers.host))
    return sendError(response, 403, 'The Host header must name the loopback address.');
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  if (request.method === 'GET' && path === `${base}/models`) return sendJson(response, 200, modelsBody());
  if (request.method === 'GET' && path === `${base}/models/${offlineModel}`)
    return sendJson(response, 200, modelBody());
  if (request.method !== 'POST' || path !== `${base}/chat/completions`) {
    return sendError(
      response,
      404,
      'The offline engine has POST …/v1/chat/completions and GET …/v1/models, and nothing else.',
    );
  }
  const body = await readBody(request, bodyLimitBytes);
  if (body.kind === 'aborted') return;
  if (body.kind === 'tooLarge')
    return sendError(response, 413, `The body is larger than ${bodyLimitBytes} bytes.`);
  if (body.kind === 'notUtf8') return sendError(response, 400, 'The body is not UTF-8.');
  const chat = readChatRequest(body.text);
  if (!chat.ok) return sendError(response, 400, chat.message, chat.param);
  const answer = await answerPrompt(chat.prompt, await clustersOf(options), options.now());
  const id = `chatcmpl-${options.newId()}`;
  remember(explanations, id, answer.explanation);
  sendJson(
    response,
    200,
    completionBody({
      id,
      createdMs: options.now(),
      prompt: `${chat.prompt.system}\n${chat.prompt.user}`,
      answer,
    }),
  );
}

/** Clusters that cannot even be named count as one that cannot be read: a diagnosis says so, a score is refused. */
async function clustersOf(options: OfflineEngineOptions): Promise<readonly ReadOnlyCluster[]> {
  try {
    return await options.clusters();
  } catch (error) {
    const fail = (): Promise<never> => Promise.reject(error);
    return [{ name: '', kind: 'kubernetes', get: fail, list: fail }];
  }
}

function isLoopback(host: string | undefined): boolean {
  return host !== undefined && /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i.test(host);
}

function remember(
  explanations: Map<string, readonly string[]>,
  id: string,
  explanation: readonly string[],
): void {
  explanations.set(id, explanation);
  const [oldest] = explanations.keys();
  if (explanations.size > explanationLimit && oldest !== undefined) explanations.delete(oldest);
}

async function listen(server: Server): Promise<AddressInfo> {
  server.listen(0, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new SluiceError(
      'environment',
      'OfflineEngineNotStarted',
      `The offline engine cannot listen on 127.0.0.1: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
  server.unref();
  return server.address() as AddressInfo;
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
