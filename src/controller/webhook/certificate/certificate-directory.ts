import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, SluiceError } from '../../../api/errors.ts';
import type { ControllerLog } from '../../log/controller-log.ts';
import type { CertificateSource } from './certificate-source.ts';
import type { KeyPair } from './issue-certificate.ts';
import { repeat } from './repeat.ts';

export interface DirectoryOptions {
  /** With `tls.crt` and `tls.key`, as cert-manager and Secrets of type kubernetes.io/tls are mounted. */
  readonly directory: string;
  readonly log: ControllerLog;
  /** How often it is read. Default 10 s: an inotify event says little of a directory that is swapped by a link. */
  readonly everyMs?: number;
}

/** A certificate that someone else renews. Two files that do not fit, such as in the middle of a change, are not used. */
export function certificateDirectory({
  directory,
  log,
  everyMs = 10_000,
}: DirectoryOptions): CertificateSource {
  let polling: { stop(): void } | undefined;
  let isClosed = false;
  return {
    async start(use) {
      let current = await readPair(directory);
      polling = repeat(
        () => everyMs,
        async () => {
          try {
            const found = await readPair(directory);
            if (isClosed || (found.cert === current.cert && found.key === current.key)) return;
            current = found;
            use(found);
          } catch (error) {
            log.warn('webhook certificate not readable', { path: directory, error: messageOf(error) });
          }
        },
      );
      return current;
    },
    close() {
      isClosed = true;
      polling?.stop();
    },
  };
}

async function readPair(directory: string): Promise<KeyPair> {
  try {
    const [cert, key] = await Promise.all(
      ['tls.crt', 'tls.key'].map((name) => readFile(join(directory, name), 'utf8')),
    );
    const pair = { cert: cert ?? '', key: key ?? '' };
    if (new X509Certificate(pair.cert).checkPrivateKey(createPrivateKey(pair.key))) return pair;
  } catch (error) {
    throw new SluiceError(
      'environment',
      'WebhookCertificate',
      `The webhook's certificate in ${directory} cannot be used: ${messageOf(error)}`,
      { hint: 'The directory must have tls.crt and tls.key, in PEM.', cause: error },
    );
  }
  throw new SluiceError(
    'environment',
    'WebhookCertificate',
    `The webhook's certificate in ${directory} cannot be used: tls.key is not the key of tls.crt.`,
  );
}
