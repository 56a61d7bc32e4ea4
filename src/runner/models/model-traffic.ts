import type { ExchangeRecord } from '../../llm/traffic/exchange-record.ts';
import { openRecorder } from '../../llm/traffic/recorder.ts';
import { openReplayer } from '../../llm/traffic/replayer.ts';
import type { Price } from '../../llm/budget/prices.ts';
import type { HttpClient } from '../../net/http-client.ts';
import { dryRunEnd, previewOf, type PromptPreview } from './prompt-preview.ts';

/** What becomes of the requests to models. */
export interface ModelTraffic {
  readonly kind: 'live' | 'record' | 'replay' | 'dry-run';
  /** The client to send with in place of `http`; closes it. `mask` replaces known secrets in a text. */
  through(http: HttpClient, mask: (text: string) => string): HttpClient;
  /** Of a dry run: is told of each request that is not sent. */
  readonly onPreview?: (preview: PromptPreview) => void;
}

export const liveTraffic: ModelTraffic = { kind: 'live', through: (http) => http };

/** Requests are sent, and written down. `append` is called for one line at a time. */
export function recordTraffic(append: (line: string) => Promise<void>): ModelTraffic {
  return { kind: 'record', through: (http, mask) => openRecorder({ http, append, mask }) };
}

/** Nothing is sent: what is not in the recording is refused. */
export function replayTraffic(records: readonly ExchangeRecord[]): ModelTraffic {
  return {
    kind: 'replay',
    through: (http, mask) => {
      const replayer = openReplayer(records, mask);
      return {
        send: (request) => replayer.send(request),
        async close() {
          await Promise.all([replayer.close(), http.close()]);
        },
      };
    },
  };
}

/** Nothing is sent, and the step ends. */
export function dryRunTraffic(onPreview: (preview: PromptPreview) => void): ModelTraffic {
  return {
    kind: 'dry-run',
    through: (http) => ({ send: () => Promise.reject(dryRunEnd()), close: () => http.close() }),
    onPreview,
  };
}

/** A client that tells of a request what would be sent, and ends the call. */
export function capturing(
  http: HttpClient,
  onPreview: (preview: PromptPreview) => void,
  about: { readonly step: string; readonly server: string; readonly price: Price | undefined },
): HttpClient {
  return {
    async send({ body = '' }) {
      onPreview(previewOf(about.step, about.server, body, about.price));
      throw dryRunEnd();
    },
    close: () => http.close(),
  };
}
