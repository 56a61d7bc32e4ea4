import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { metricsType } from '../metrics/controller-metrics.ts';
import { bindAddressText, type BindAddress } from '../serve/bind-address.ts';
import { listen, serverLimits, type Listening } from '../serve/listen.ts';
import { alive, readiness, type HealthAnswer, type ReadyCheck } from './health.ts';

export interface OperationsOptions {
  /** Where /metrics is; undefined: nowhere. */
  readonly metricsBind: BindAddress | undefined;
  /** Where /healthz and /readyz are; undefined: nowhere. The same as `metricsBind`: one server has all. */
  readonly healthBind: BindAddress | undefined;
  /** Asked at each request of /readyz. */
  ready(): readonly ReadyCheck[];
  /** In Prometheus' text format. */
  metrics(): Promise<string>;
}

export interface OperationsServers {
  /** The real addresses, for the log. */
  readonly metrics: BindAddress | undefined;
  readonly health: BindAddress | undefined;
  close(): Promise<void>;
}

type Route = (response: ServerResponse) => Promise<void> | void;
type Routes = Readonly<Record<string, Route>>;

/** Starts what is asked for. Throws SluiceError `environment` with the address that cannot be had; then nothing listens. */
export async function startOperationsServers(options: OperationsOptions): Promise<OperationsServers> {
  const { metricsBind, healthBind } = options;
  const metricsRoutes: Routes = {
    '/metrics': async (response) => answer(response, 200, await options.metrics(), metricsType),
  };
  const healthRoutes: Routes = {
    '/healthz': (response) => answerHealth(response, alive),
    '/livez': (response) => answerHealth(response, alive),
    '/readyz': (response) => answerHealth(response, readiness(options.ready())),
  };
  if (metricsBind !== undefined && healthBind !== undefined && isSame(metricsBind, healthBind)) {
    const both = await serve({ ...metricsRoutes, ...healthRoutes }, metricsBind, 'The metrics server');
    return { metrics: both.address, health: both.address, close: () => both.close() };
  }
  const started: Listening[] = [];
  const start = async (
    routes: Routes,
    bind: BindAddress | undefined,
    what: string,
  ): Promise<BindAddress | undefined> => {
    if (bind === undefined) return undefined;
    const server = await serve(routes, bind, what);
    started.push(server);
    return server.address;
  };
  const close = async (): Promise<void> => {
    await Promise.all(started.map((server) => server.close()));
  };
  try {
    const health = await start(healthRoutes, healthBind, 'The health server');
    const metrics = await start(metricsRoutes, metricsBind, 'The metrics server');
    return { metrics, health, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Port 0 is a port of its own each time. */
function isSame(one: BindAddress, other: BindAddress): boolean {
  return one.port !== 0 && bindAddressText(one) === bindAddressText(other);
}

function serve(routes: Routes, bind: BindAddress, what: string): Promise<Listening> {
  const server = createServer(serverLimits, (request, response) => {
    handle(request, response, routes).catch(() => answer(response, 500, 'it failed\n'));
  });
  server.maxConnections = 64;
  return listen(server, bind, what);
}

async function handle(request: IncomingMessage, response: ServerResponse, routes: Routes): Promise<void> {
  // Nothing here reads a body.
  request.resume();
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (route === undefined) return answer(response, 404, `there is ${Object.keys(routes).join(', ')}\n`);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    return answer(response, 405, 'GET it\n');
  }
  await route(response);
}

function answerHealth(response: ServerResponse, { isGood, text }: HealthAnswer): void {
  answer(response, isGood ? 200 : 503, text);
}

function answer(
  response: ServerResponse,
  status: number,
  text: string,
  type = 'text/plain; charset=utf-8',
): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(text);
}
