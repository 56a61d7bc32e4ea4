import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, type Dispatcher } from 'undici';
import type { ContextAccess } from '../../cluster/real-clusters.ts';
import { storedIn, type Call } from './call.ts';
import { statusObject, type Fault, type Refusal } from './fault.ts';
import { factsOf } from './request-facts.ts';
import { WatchStream, type WatchRules } from './watch-stream.ts';

/**
 * Stands between a controller and an API server: plain HTTP on loopback in front of the server's TLS, every header passed
 * on. It writes down each request, and does to it what `onCall` says.
 */
export class ApiProxy {
  readonly calls: Call[] = [];
  /** Asked when a request has come whole, before anything is done about it. */
  onCall: (call: Call) => Fault | undefined = () => undefined;
  /** Told when the API server has answered, before the controller is. */
  onServerAnswer: (call: Call) => void = () => undefined;
  readonly watches: Set<WatchStream> = new Set();
  watchRules: WatchRules = {};
  #inFlight = 0;
  readonly #server: Server;
  readonly #target: ContextAccess;
  readonly #agent: Agent;

  private constructor(server: Server, target: ContextAccess) {
    this.#server = server;
    this.#target = target;
    this.#agent = new Agent({
      connect: { ca: target.ca },
      bodyTimeout: 0,
      headersTimeout: 0,
      connections: 64,
    });
  }

  static async before(target: ContextAccess): Promise<ApiProxy> {
    const server = createServer({ keepAliveTimeout: 60_000 });
    const proxy = new ApiProxy(server, target);
    server.on('request', (request, response) => {
      proxy.#handle(request, response).catch(() => response.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  /** Requests that are neither answered nor broken; watches are none. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Breaks every connection of the controller, as a network does. */
  cutAll(): void {
    this.#server.closeAllConnections();
  }

  async close(): Promise<void> {
    this.cutAll();
    this.#server.close();
    await Promise.all([once(this.#server, 'close'), this.#agent.destroy()]);
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const call: Call = {
      ...factsOf(request.method ?? '', request.url ?? '/', request.headers),
      seq: this.calls.length,
      receivedMs: performance.now(),
      body: body.toString(),
      stored: undefined,
      serverStatus: undefined,
      answeredMs: undefined,
      fault: undefined,
    };
    this.calls.push(call);
    const fault = this.onCall(call);
    if (fault?.type === 'hold') await fault.until;
    if (call.verb === 'watch' && fault?.type !== 'refuse' && fault?.type !== 'break') {
      return this.#watch(call, request, response);
    }
    this.#inFlight += 1;
    try {
      await this.#exchange(call, fault, { request, body, response });
    } finally {
      this.#inFlight -= 1;
    }
  }

  async #exchange(call: Call, fault: Fault | undefined, wire: Wire): Promise<void> {
    const { response } = wire;
    if (fault !== undefined) call.fault = nameOf(fault);
    if (fault?.type === 'kill' && fault.moment === 'before') return breakAfter(() => fault.act(), response);
    if (fault?.type === 'replay') return answer(call, response, 200, jsonHeaders, fault.body);
    const isWorkDone = !((fault?.type === 'refuse' || fault?.type === 'break') && !fault.isDone);
    const served = isWorkDone ? await this.#pass(call, wire) : undefined;
    if (fault?.type === 'break') return breakAfter(() => undefined, response);
    if (fault?.type === 'refuse') return refuse(call, response, fault.refusal);
    if (fault?.type === 'kill' && fault.moment === 'unanswered')
      return breakAfter(() => fault.act(), response);
    if (served === undefined) return breakAfter(() => undefined, response);
    await answer(call, response, served.status, served.headers, served.body);
    if (fault?.type === 'kill') fault.act();
  }

  async #pass(call: Call, { request, body }: Wire): Promise<Served> {
    const upstream = await this.#send(request, body);
    const bytes = Buffer.from(await upstream.body.arrayBuffer());
    call.serverStatus = upstream.statusCode;
    if (call.kind === 'status' && call.isWrite && upstream.statusCode < 300)
      call.stored = storedIn(bytes.toString());
    this.onServerAnswer(call);
    return { status: upstream.statusCode, headers: upstream.headers, body: bytes };
  }

  async #watch(call: Call, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const leaving = new AbortController();
    response.on('close', () => leaving.abort());
    const upstream = await this.#send(request, Buffer.alloc(0), leaving.signal);
    call.serverStatus = upstream.statusCode;
    response.writeHead(upstream.statusCode, passedOn(upstream.headers));
    const stream = new WatchStream(call, response);
    this.watches.add(stream);
    try {
      await stream.pass(upstream.body, () => this.watchRules);
    } catch (error) {
      if (!leaving.signal.aborted) throw error;
    } finally {
      this.watches.delete(stream);
    }
  }

  #send(request: IncomingMessage, body: Buffer, signal?: AbortSignal): Promise<Dispatcher.ResponseData> {
    return this.#agent.request({
      origin: this.#target.server,
      path: request.url ?? '/',
      method: request.method ?? 'GET',
      headers: passedOn(request.headers),
      body: body.length === 0 ? null : body,
      ...(signal === undefined ? {} : { signal }),
    });
  }
}

interface Wire {
  readonly request: IncomingMessage;
  readonly body: Buffer;
  readonly response: ServerResponse;
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

interface Served {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

const jsonHeaders: Headers = { 'content-type': 'application/json' };
/** Those that are about one connection, and the one that would make answers unreadable here. */
const ownHeaders = [
  'host',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'accept-encoding',
];

function passedOn(headers: Headers): Record<string, string | string[]> {
  const entries = Object.entries(headers).filter(
    (entry): entry is [string, string | string[]] => entry[1] !== undefined && !ownHeaders.includes(entry[0]),
  );
  return Object.fromEntries(entries);
}

async function answer(
  call: Call,
  response: ServerResponse,
  status: number,
  headers: Headers,
  body: Buffer,
): Promise<void> {
  // Whoever asked may be dead by now.
  if (response.destroyed) return;
  response.writeHead(status, { ...passedOn(headers), 'content-length': body.length });
  await new Promise<void>((resolve) => {
    response.once('close', resolve);
    response.end(body, resolve);
  });
  call.answeredMs = performance.now();
}

function refuse(call: Call, response: ServerResponse, refusal: Refusal): Promise<void> {
  const { code, retryAfterSeconds } = refusal;
  const headers =
    retryAfterSeconds === undefined
      ? jsonHeaders
      : { ...jsonHeaders, 'retry-after': String(retryAfterSeconds) };
  return answer(call, response, code, headers, Buffer.from(JSON.stringify(statusObject(refusal))));
}

function breakAfter(act: () => void, response: ServerResponse): void {
  act();
  response.destroy();
}

function nameOf(fault: Fault): string {
  if (fault.type === 'kill') return `kill ${fault.moment}`;
  if (fault.type === 'refuse') return `${fault.refusal.code}${fault.isDone ? ' though done' : ''}`;
  if (fault.type === 'break') return fault.isDone ? 'broken though done' : 'broken';
  return fault.type;
}
