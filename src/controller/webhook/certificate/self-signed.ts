import { isSluiceError, messageOf } from '../../../api/errors.ts';
import type { ControllerLog } from '../../log/controller-log.ts';
import { certificateTimes, isUsable, type CertificateTimes } from './certificate-set.ts';
import { shareSet, type CertificateSecret } from './certificate-secret.ts';
import type { CertificateSource } from './certificate-source.ts';
import type { KeyPair } from './issue-certificate.ts';
import { repeat } from './repeat.ts';
import { trustAuthorities } from './trust-bundle.ts';

export interface SelfSignedOptions extends CertificateSecret {
  /** Of the ValidatingWebhookConfiguration that is made to trust it. */
  readonly configuration: string;
  /** DNS names and IP addresses that the API server may reach the webhook under. */
  readonly names: readonly string[];
  readonly log: ControllerLog;
  /** Milliseconds since 1970. */
  now(): number;
  readonly times?: Partial<CertificateTimes>;
  /** How often Secret and configuration are looked at. Default 1 min; every 5 s while the configuration is missing. */
  readonly everyMs?: number;
}

/** Whoever installs the configuration after the controller waits no longer for its first write. */
const missingMs = 5000;

/**
 * A certificate of our own, shared by the replicas through a Secret, renewed long before it ends, and trusted through the
 * ValidatingWebhookConfiguration. The order is: share, be trusted, serve.
 */
export function selfSigned(options: SelfSignedOptions): CertificateSource {
  const { log, names, everyMs = 60_000 } = options;
  const times = { ...certificateTimes, ...options.times };
  let current: KeyPair | undefined;
  /** Undefined: not known, since it could not be read or written. */
  let isConfigured: boolean | undefined;
  let polling: { stop(): void } | undefined;
  let isClosed = false;

  async function look(): Promise<KeyPair> {
    const { serving, trusted } = await shareSet(options, names, options.now(), times);
    const isBelieved = await trust(trusted);
    // One that the API server may not trust yet waits, as long as there is another.
    if (!isBelieved && current !== undefined && isUsable(current, names, options.now())) return current;
    return serving;
  }

  async function trust(trusted: readonly string[]): Promise<boolean> {
    try {
      const isThere = await trustAuthorities(options.client, options.configuration, trusted);
      if (!isThere && isConfigured !== false)
        log.warn('webhook not configured', {
          name: options.configuration,
          resource: 'validatingwebhookconfigurations',
        });
      isConfigured = isThere;
      return true;
    } catch (error) {
      log.warn('webhook certificate not made known', {
        name: options.configuration,
        error: messageOf(error),
      });
      return false;
    }
  }

  return {
    async start(use) {
      const first = await look();
      current = first;
      polling = repeat(
        () => (isConfigured === false ? Math.min(everyMs, missingMs) : everyMs),
        async () => {
          try {
            const found = await look();
            if (isClosed || found.cert === current?.cert) return;
            current = found;
            use(found);
          } catch (error) {
            const code = isSluiceError(error) ? error.code : undefined;
            log.warn('webhook certificate not renewed', { error: messageOf(error), code });
          }
        },
      );
      return first;
    },
    close() {
      isClosed = true;
      polling?.stop();
    },
  };
}
