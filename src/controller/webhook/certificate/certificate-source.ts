import type { KeyPair } from './issue-certificate.ts';

/** Where the webhook's certificate comes from. */
export interface CertificateSource {
  /** Resolves with the first; `use` is called with each that follows. Throws a SluiceError when there is none to be had. */
  start(use: (pair: KeyPair) => void): Promise<KeyPair>;
  /** No call of `use` comes after it. */
  close(): void;
}
