import { createCipheriv, createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** One request as it arrived. Times are ms of `performance.now()`. */
export interface ProviderCall {
  readonly seq: number;
  readonly arrivedMs: number;
  /** First part of the path: the run. */
  readonly run: string;
  /** Second part of the path: the step. */
  readonly step: string;
  readonly method: string;
  /** '' when the request carries none. */
  readonly key: string;
  /** SHA-256 of the body, hex. */
  readonly digest: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
  answeredMs: number | undefined;
}

export interface ScriptedAnswer {
  readonly status?: number;
  /** Sent as JSON, unless it is a text. */
  readonly body?: unknown;
  /** The text of a model's answer, in the chat-completions format. */
  readonly model?: string;
  /** A JSON body with a text of so many bytes: one character over and over, or nothing that compresses. */
  readonly length?: number;
  readonly noise?: number;
  readonly delayMs?: number;
  /** The connection breaks before the answer, or in its middle. */
  readonly breaks?: 'before' | 'within';
}

/** Answers to the first, second … attempt; the last one answers all that follow. */
export type Script = readonly ScriptedAnswer[];

/**
 * The world outside: an HTTP and model provider that writes down each request with its idempotency key, and never
 * de-duplicates. A request sent again under the same key gets the answer of its first time.
 */
export class Provider {
  readonly calls: ProviderCall[] = [];
  /** By run, then by step. */
  readonly #scripts = new Map<string, Readonly<Record<string, Script>>>();
  /** Called when a request has arrived, before anything is answered. */
  onArrival: (call: ProviderCall) => void = () => undefined;
  /** Called when the answer is sent. */
  onAnswered: (call: ProviderCall) => void = () => undefined;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<Provider> {
    const server = createServer();
    const provider = new Provider(server);
    server.on('request', (request, response) => {
      provider.#handle(request, response).catch(() => response.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return provider;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  script(run: string, answers: Readonly<Record<string, Script>>): void {
    this.#scripts.set(run, answers);
  }

  callsOf(run: string): readonly ProviderCall[] {
    return this.calls.filter((call) => call.run === run);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const [, run = '', step = ''] = (request.url ?? '').split('/');
    const call: ProviderCall = {
      seq: this.calls.length,
      arrivedMs: performance.now(),
      run,
      step,
      method: request.method ?? '',
      key: String(request.headers['idempotency-key'] ?? ''),
      digest: createHash('sha256').update(body).digest('hex'),
      headers: request.headers,
      body: body.toString(),
      answeredMs: undefined,
    };
    this.calls.push(call);
    const scripted = this.#answerTo(call, request.url ?? '');
    this.onArrival(call);
    if (scripted.delayMs !== undefined) await sleep(scripted.delayMs);
    await send(response, scripted);
    call.answeredMs = performance.now();
    this.onAnswered(call);
  }

  #answerTo({ run, step, key }: ProviderCall, url: string): ScriptedAnswer {
    const script = this.#scripts.get(run)?.[step] ?? [{}];
    const keys = this.calls.filter((call) => call.run === run && call.step === step).map((call) => call.key);
    const attempt = [...new Set(keys)].indexOf(key);
    const scripted = script[Math.min(attempt, script.length - 1)] ?? {};
    const isModel = url.endsWith('/chat/completions');
    return isModel && scripted.model === undefined && scripted.body === undefined
      ? { ...scripted, model: 'All is well.' }
      : scripted;
  }
}

async function send(response: ServerResponse, scripted: ScriptedAnswer): Promise<void> {
  const { status = 200, breaks } = scripted;
  // Whoever asked may be dead by now.
  if (response.destroyed) return;
  if (breaks === 'before') {
    response.destroy();
    return;
  }
  const text = textOf(scripted);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  if (breaks === 'within') {
    response.write(text.slice(0, Math.ceil(text.length / 2)), () => response.destroy());
    return;
  }
  await new Promise<void>((resolve) => {
    response.once('close', resolve);
    response.end(text, resolve);
  });
}

function textOf({ body, model, length, noise }: ScriptedAnswer): string {
  if (model !== undefined) return JSON.stringify(completion(model));
  if (length !== undefined) return JSON.stringify({ ok: true, text: 'x'.repeat(length) });
  if (noise !== undefined) return JSON.stringify({ ok: true, text: noiseOf(noise) });
  if (typeof body === 'string') return body;
  return JSON.stringify(body ?? { ok: true });
}

/** The same for the same length. */
export function noiseOf(length: number): string {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16));
  return cipher
    .update(Buffer.alloc(Math.ceil((length * 3) / 4)))
    .toString('base64')
    .slice(0, length);
}

function completion(content: string): object {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'fake',
    choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  };
}
