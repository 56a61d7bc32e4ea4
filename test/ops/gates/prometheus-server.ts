import { serveHttp, type Running } from '../../net/loopback.ts';

export interface Asked {
  readonly path: string;
  readonly query: string;
  /** Seconds since 1970, as sent; for a range, where it ends. */
  readonly time: string;
  readonly authorization: string | undefined;
}

export interface PrometheusServer extends Running {
  readonly asked: Asked[];
  /** What the next queries are answered with; the last answer stays. */
  answer(...answers: readonly Answer[]): void;
}

/** Values of one series each, or a status with a body. */
export type Answer = readonly string[] | { readonly status: number; readonly body?: string };

/** A server on loopback that speaks the HTTP API of Prometheus. */
export async function servePrometheus(...first: readonly Answer[]): Promise<PrometheusServer> {
  const asked: Asked[] = [];
  let answers = first;
  const running = await serveHttp((request, response) => {
    const url = new URL(request.url ?? '', 'http://server');
    const time = url.searchParams.get('time') ?? url.searchParams.get('end') ?? '';
    const { authorization } = request.headers;
    asked.push({ path: url.pathname, query: url.searchParams.get('query') ?? '', time, authorization });
    const [next = [], ...rest] = answers;
    if (rest.length > 0) answers = rest;
    if ('status' in next) {
      response.writeHead(next.status).end(next.body ?? '');
      return;
    }
    const result = next.map((value) => ({ metric: {}, value: [Number(time), value] }));
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
  });
  return { ...running, asked, answer: (...more) => void (answers = more) };
}
