import { SluiceError } from '../../api/errors.ts';
import type { HttpClient, HttpRequest, HttpResponse } from '../../net/http-client.ts';
import { recordedRequest, type ExchangeRecord } from './exchange-record.ts';

/**
 * An HTTP client that sends nothing and answers from a recording: a request gets what the same request got, the second time
 * what it got the second time. Throws SluiceError `invalid` NotRecorded for any other; the host does not matter.
 */
export function openReplayer(records: readonly ExchangeRecord[], mask: (text: string) => string): HttpClient {
  const left = new Map<string, ExchangeRecord['outcome'][]>();
  for (const { request, outcome } of records) {
    const outcomes = left.get(request.digest);
    if (outcomes === undefined) left.set(request.digest, [outcome]);
    else outcomes.push(outcome);
  }
  return {
    async send(request) {
      request.signal.throwIfAborted();
      const asked = recordedRequest(request, mask);
      const outcomes = left.get(asked.digest);
      const outcome = outcomes?.shift();
      if (outcome === undefined) throw notRecorded(asked.path, outcomes !== undefined);
      // Whoever counts what is sent, or must not send any more, is asked as at the recording.
      request.beforeSend?.();
      if ('fault' in outcome) {
        const { kind, code, message } = outcome.fault;
        throw new SluiceError(kind, code, message);
      }
      return answer(request, outcome);
    },
    async close() {
      left.clear();
    },
  };
}

function answer(
  { observer }: HttpRequest,
  outcome: Extract<ExchangeRecord['outcome'], { status: number }>,
): HttpResponse {
  const headers = Object.fromEntries(Object.entries(outcome.headers).map(([name, value]) => [name, [value]]));
  observer?.head(outcome.status, headers);
  observer?.bytes(Buffer.from(outcome.body, 'utf8'));
  return { statusCode: outcome.status, headers, trailers: {}, body: outcome.body };
}

function notRecorded(path: string, isKnown: boolean): SluiceError {
  const what = isKnown ? 'was recorded fewer times than it is asked' : 'is not in the recording';
  return new SluiceError('invalid', 'NotRecorded', `this request to ${path} ${what}`, {
    hint: 'record again: the prompt, the model or a parameter has changed',
  });
}
