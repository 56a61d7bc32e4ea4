import { SluiceError } from '../../api/errors.ts';
import type { Clusters, ReadOnlyCluster } from '../../cluster/port.ts';
import { priceOf, builtInPrices, type Price } from '../../llm/budget/prices.ts';
import type { ModelEndpoint } from '../../llm/endpoint.ts';
import type { ModelWish } from '../../llm/model-service.ts';
import { chooseServer, type ChosenServer, type ModelEnvironment } from '../../llm/settings/choose-server.ts';
import type { ModelSettings } from '../../llm/settings/model-settings.ts';
import type { HttpClient } from '../../net/http-client.ts';
import type { OfflineEngine } from '../../offline/server.ts';
import { offlineModel } from '../../offline/reply.ts';
import type { ModelTraffic } from './model-traffic.ts';

/** A model that can be called. */
export interface ModelPlace {
  readonly endpoint: ModelEndpoint;
  /** For people: `offline engine` or the host. */
  readonly label: string;
  /** The same in every process, without a credential: what cache keys name. */
  readonly address: string;
  /** Undefined: nobody has named one. */
  readonly model: string | undefined;
  readonly http: HttpClient;
}

export interface ModelPlacesOptions {
  readonly env: ModelEnvironment;
  readonly settings: () => Promise<ModelSettings>;
  readonly offlineAllowed: boolean;
  /** Of the run: what the offline engine looks into. */
  readonly clusters: Clusters;
  readonly now: () => number;
  readonly newId: () => string;
  readonly http: HttpClient;
  /** A client that may call this one address of the operator's, where steps in general may call none such. */
  openFor?(host: string): HttpClient;
  readonly traffic: ModelTraffic;
  readonly maskSecrets: (text: string) => string;
}

export interface ModelPlaces {
  /** Throws SluiceError as chooseServer does. */
  at(wish: ModelWish): Promise<ModelPlace>;
  /** Undefined when nobody knows. */
  priceAt(label: string, model: string): Promise<Price | undefined>;
  close(): Promise<void>;
}

export const offlineLabel = 'offline engine';

const free: Price = { inputMicros: 0, outputMicros: 0 };

/** Where the models of one run are. The offline engine is started when it is first meant, and serves this process alone. */
export function openModelPlaces(options: ModelPlacesOptions): ModelPlaces {
  const { traffic } = options;
  const clients = new Map<string, HttpClient>();
  let offline: Promise<OfflineEngine> | undefined;
  let offlinePath: string | undefined;
  const mask = (text: string): string => {
    const masked = options.maskSecrets(text);
    return offlinePath === undefined ? masked : masked.replaceAll(offlinePath, unstartedPath);
  };

  return {
    async at(wish) {
      const settings = await options.settings();
      const { env, offlineAllowed } = options;
      const choice = chooseServer(wish, { env, settings, offlineAllowed });
      if (choice.kind === 'offline') return await offlinePlace();
      const { endpoint, host, model } = choice;
      const http = clientFor(host, isOperators(choice));
      return { endpoint, label: host, address: endpoint.baseUrl, model, http };
    },
    async priceAt(label, model) {
      // A replay is paid by nobody.
      if (label === offlineLabel || traffic.kind === 'replay') return free;
      const { prices } = await options.settings();
      return priceOf(label, model, [...prices, ...builtInPrices]);
    },
    async close() {
      await Promise.allSettled([...clients.values()].map((client) => client.close()));
      await (await offline)?.close();
    },
  };

  async function offlinePlace(): Promise<ModelPlace> {
    const baseUrl = traffic.kind === 'live' || traffic.kind === 'record' ? await started() : unstartedUrl;
    return {
      endpoint: { kind: 'openai', baseUrl },
      label: offlineLabel,
      address: offlineLabel,
      model: offlineModel,
      http: clientFor(new URL(baseUrl).host, true),
    };
  }

  async function started(): Promise<string> {
    offline ??= start(options);
    const { url } = await offline;
    offlinePath = new URL(url).pathname;
    return url;
  }

  function clientFor(host: string, isOperator: boolean): HttpClient {
    const name = isOperator ? host : '';
    const known = clients.get(name);
    if (known !== undefined) return known;
    const opened = isOperator ? options.openFor?.(host) : undefined;
    const client = traffic.through(opened ?? lent(options.http), mask);
    clients.set(name, client);
    return client;
  }
}

/** Stands for the engine where it is not started; its path also stands for the real one in recordings. */
const unstartedPath = '/offline/v1';
const unstartedUrl = `http://127.0.0.1${unstartedPath}`;

/** The address comes from the operator, not from a run or from its namespace. */
function isOperators({ chosen }: ChosenServer): boolean {
  return chosen !== 'step' && chosen !== 'namespace';
}

/** A client that is not ours to close. */
function lent(http: HttpClient): HttpClient {
  return { send: (request) => http.send(request), close: async () => undefined };
}

async function start({ clusters, now, newId }: ModelPlacesOptions): Promise<OfflineEngine> {
  // Its rules are a good part of the program, and most runs ask no model.
  const { startOfflineEngine } = await import('../../offline/server.ts');
  return startOfflineEngine({ clusters: () => readable(clusters), now, newId });
}

async function readable(clusters: Clusters): Promise<readonly ReadOnlyCluster[]> {
  const names = await clusters.names();
  return Promise.all(names.map((name) => clusters.get(name)));
}

/** The model of a place. Throws SluiceError `invalid` NoModel where nobody has named one. */
export function modelAt({ model, label }: ModelPlace): string {
  if (model !== undefined) return model;
  throw new SluiceError('invalid', 'NoModel', `nobody says which model of ${label} is meant`, {
    hint: 'name it in the step, with sluice auth add --model, or in OPENAI_MODEL',
  });
}
