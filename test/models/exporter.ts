import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serveHttp } from '../net/loopback.ts';
import { prometheus } from './counterparts.ts';

export interface Exporter {
  /** Label that is on all it shows, and on nothing else. */
  readonly job: string;
  /** What it shows from now on, in Prometheus' text format; undefined: it fails. */
  show(text: string | undefined): void;
  /** Resolves when the query has a result that `isMeant`; asks until then. */
  until(query: string, isMeant: (result: readonly Series[]) => boolean): Promise<readonly Series[]>;
  close(): Promise<void>;
}

export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  /** Seconds, and the number as text. */
  readonly value: readonly [number, string];
}

let exporters = 0;

/** A page of metrics that the Prometheus of the suite scrapes until it is closed. */
export async function serveMetrics(text: string): Promise<Exporter> {
  if (prometheus === undefined) throw new Error('there is no Prometheus');
  const { url, targets } = prometheus;
  let shown: string | undefined = text;
  const server = await serveHttp((_request, response) => {
    response.writeHead(shown === undefined ? 500 : 200, { 'content-type': 'text/plain; version=0.0.4' });
    response.end(shown);
  });
  const job = `exporter-${process.pid}-${(exporters += 1)}`;
  const file = join(targets, `${job}.json`);
  const write = (list: readonly string[]): Promise<void> =>
    writeFile(file, JSON.stringify([{ targets: list, labels: { job } }]));
  await write([`127.0.0.1:${server.port}`]);
  return {
    job,
    show: (next) => void (shown = next),
    async until(query, isMeant) {
      for (;;) {
        // oxlint-disable-next-line no-await-in-loop -- asks again because the answer before was not yet the one
        const result = await ask(url, query);
        if (isMeant(result)) return result;
      }
    },
    async close() {
      await write([]);
      await server.close();
    },
  };
}

async function ask(url: string, query: string): Promise<readonly Series[]> {
  const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query }).toString()}`);
  const { data } = (await response.json()) as { data: { result: readonly Series[] } };
  return data.result;
}
