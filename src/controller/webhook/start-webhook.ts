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
import { readRequestText } from './read-request-text.ts';

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
  const first = await certificates.start(use);
  const server = createServer({ ...serverLimits, ...secureContext(first) }, (request, response) => {
    void handle(request, response, options);
  });
  server.maxConnections = 64;
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
  options: WebhookOptions,
): Promise<void> {
  const begunMs = performance.now();
  const { kind, outcome } = await answerReview(request, response, options);
  if (outcome !== undefined) options.metrics.admission(kind, outcome, (performance.now() - begunMs) / 1000);
}

interface Reviewed {
  readonly kind: string;
  /** Undefined where nobody asked for a review. */
  readonly outcome: AdmissionOutcome | undefined;
}

async function answerReview(
  request: IncomingMessage,
  response: ServerResponse,
  options: WebhookOptions,
): Promise<Reviewed> {
  const nothing: Reviewed = { kind: '', outcome: undefined };
  if ((request.url ?? '').split('?', 1)[0] !== webhookPath) {
    answer(response, 404, `there is ${webhookPath}\n`);
    return nothing;
  }
  if (request.method !== 'POST') {
    answer(response, 405, 'POST an AdmissionReview\n');
    return nothing;
  }
  const body = await readRequestText(request, reviewLimitBytes);
  if (body.kind === 'aborted') return nothing;
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
