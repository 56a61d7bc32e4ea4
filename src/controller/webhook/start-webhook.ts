import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { messageOf } from '../../api/errors.ts';
import { stringifyJson, type JsonObject } from '../../api/json.ts';
import type { Validate } from '../admission/open-admission.ts';
import type { ControllerLog } from '../log/controller-log.ts';
import type { AdmissionOutcome, ControllerMetrics } from '../metrics/controller-metrics.ts';
import type { BindAddress } from '../serve/bind-address.ts';
import { listen, serverLimits } from '../serve/listen.ts';
import { decideReview, readReview, reviewAnswer } from './admission-review.ts';
import { endMs } from './certificate/certificate-set.ts';
import type { CertificateSource } from './certificate/certificate-source.ts';
import type { KeyPair } from './certificate/issue-certificate.ts';
import { RequestReader, type RequestText } from './request-reader.ts';

export interface WebhookOptions {
  readonly bind: BindAddress;
  readonly certificates: CertificateSource;
  readonly validate: Validate;
  /** False for an object that another engine runs: it is never refused, its errors are warnings. Default: all are ours. */
  isOurs?(object: JsonObject): boolean;
  readonly log: ControllerLog;
  readonly metrics: Pick<ControllerMetrics, 'admission' | 'certificateEnds'>;
}

export interface Webhook {
  /** With the real port. */
  readonly address: BindAddress;
  close(): Promise<void>;
}

/** Where the ValidatingWebhookConfiguration must send reviews. */
export const webhookPath = '/validate';

/** An API server takes objects of 3 MiB; a review may have two of them. */
const reviewLimitBytes = 8 * 1024 * 1024;
/** Of all reviews at one time. Those of most runs have some kilobytes. */
const allReviewsBytes = 32 * 1024 * 1024;

/**
 * Serves AdmissionReviews over TLS. Throws SluiceErrors: of the certificate's source, or `environment` when it cannot
 * listen.
 */
export async function startWebhook(options: WebhookOptions): Promise<Webhook> {
  const { bind, certificates, log, metrics } = options;
  const use = (pair: KeyPair): void => {
    server.setSecureContext(secureContext(pair));
    told(pair);
  };
  const told = ({ cert }: KeyPair): void => {
    metrics.certificateEnds(endMs(cert));
    log.info('webhook certificate in use', { at: new Date(endMs(cert)).toISOString() });
  };
  const reader = new RequestReader({ bodyBytes: reviewLimitBytes, allBytes: allReviewsBytes });
  const first = await certificates.start(use);
  const server = createServer({ ...serverLimits, ...secureContext(first) }, (request, response) => {
    void handle(request, response, reader, options);
  });
  server.maxConnections = 512;
  try {
    const listening = await listen(server, bind, 'The webhook');
    told(first);
    return {
      address: listening.address,
      async close() {
        certificates.close();
        await listening.close();
      },
    };
  } catch (error) {
    certificates.close();
    throw error;
  }
}

function secureContext({ cert, key }: KeyPair): {
  readonly cert: string;
  readonly key: string;
  readonly minVersion: 'TLSv1.2';
} {
  return { cert, key, minVersion: 'TLSv1.2' };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  reader: RequestReader,
  options: WebhookOptions,
): Promise<void> {
  if ((request.url ?? '').split('?', 1)[0] !== webhookPath)
    return answer(response, 404, `there is ${webhookPath}\n`);
  if (request.method !== 'POST') return answer(response, 405, 'POST an AdmissionReview\n');
  const begunMs = performance.now();
  const body = await reader.read(request);
  if (body.kind === 'aborted') return;
  const { kind, outcome } = await answerReview(body, response, options);
  if (body.kind === 'text') body.release();
  options.metrics.admission(kind, outcome, (performance.now() - begunMs) / 1000);
}

async function answerReview(
  body: Exclude<RequestText, { readonly kind: 'aborted' }>,
  response: ServerResponse,
  options: WebhookOptions,
): Promise<{ readonly kind: string; readonly outcome: AdmissionOutcome }> {
  if (body.kind === 'noRoom') {
    answer(response, 503, 'too much is being checked just now\n');
    return { kind: '', outcome: 'error' };
  }
  const review = body.kind === 'text' ? readReview(body.text) : undefined;
  if (review === undefined) {
    const what =
      body.kind === 'tooLarge' ? `it is larger than ${reviewLimitBytes} bytes` : 'it is another thing';
    answer(response, 400, `this is no AdmissionReview of admission.k8s.io/v1: ${what}\n`);
    return { kind: '', outcome: 'malformed' };
  }
  const { uid, kind, namespace, name } = review;
  try {
    const isOurs = (object: JsonObject): boolean => options.isOurs?.(object) ?? true;
    const decided = await decideReview(review, options.validate, isOurs);
    answer(response, 200, stringifyJson(reviewAnswer(uid, decided)), 'application/json');
    return { kind, outcome: decided.isAllowed ? 'allowed' : 'refused' };
  } catch (error) {
    options.log.warn('webhook could not decide', {
      resource: kind,
      namespace,
      name,
      error: messageOf(error),
    });
    answer(response, 500, 'the object could not be checked; the log of the webhook says why\n');
    return { kind, outcome: 'error' };
  }
}

function answer(
  response: ServerResponse,
  status: number,
  text: string,
  type = 'text/plain; charset=utf-8',
): void {
  // Whatever comes of a body that nobody asked for.
  response.req.resume();
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}
