import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { issueAuthority, issueServing, type KeyPair } from './issue-certificate.ts';

/*
 * C1  Who trusts `trusted` trusts every certificate that any replica may still serve, and every one that comes next.
 * C2  A new authority is trusted for `settleMs` before it signs what is served.
 * C3  What is replaced is replaced long before it ends.
 */

/** What the replicas share. PEM throughout. */
export interface CertificateSet {
  readonly serving: KeyPair;
  /** Signs what is served. */
  readonly authority: KeyPair;
  /** Is trusted already, and will sign next. */
  readonly next: KeyPair | undefined;
  /** Certificates of all authorities whose signatures count, those two among them. */
  readonly trusted: readonly string[];
}

export interface CertificateTimes {
  /** How long a served certificate is good for. Default 90 days. */
  readonly servingMs: number;
  /** It is replaced when so little is left. Default 30 days. */
  readonly servingLeftMs: number;
  /** How long an authority is good for. Default 5 years. */
  readonly authorityMs: number;
  /** Default 1 year. */
  readonly authorityLeftMs: number;
  /** How long a new authority is trusted before it signs. Default 1 hour. */
  readonly settleMs: number;
  /** Certificates begin so long before they are made, for servers whose clocks are behind. Default 1 hour. */
  readonly backdateMs: number;
}

const hour = 3_600_000;
const day = 24 * hour;

export const certificateTimes: CertificateTimes = {
  servingMs: 90 * day,
  servingLeftMs: 30 * day,
  authorityMs: 5 * 365 * day,
  authorityLeftMs: 365 * day,
  settleMs: hour,
  backdateMs: hour,
};

/**
 * The set that there should be now, for a server under these DNS names and IP addresses: the same object when nothing is
 * due. One that is missing or cannot be used is made anew; what it trusted stays trusted as far as it can be read.
 */
export async function renewSet(
  set: CertificateSet | undefined,
  names: readonly string[],
  nowMs: number,
  times: CertificateTimes,
): Promise<CertificateSet> {
  const isSound =
    set !== undefined && isPair(set.authority) && leftMs(set.authority.cert, nowMs) > times.servingLeftMs;
  const next = set?.next !== undefined && isPair(set.next) ? set.next : undefined;
  if (set !== undefined && next !== undefined) {
    if (isSound && nowMs < madeMs(next.cert, times) + times.settleMs)
      return withServing(set, names, nowMs, times);
    return startWith(next, set, names, nowMs, times);
  }
  if (!isSound) return startWith(await newAuthority(nowMs, times), set, names, nowMs, times);
  const { authority, trusted } = set;
  if (leftMs(authority.cert, nowMs) > times.authorityLeftMs) return withServing(set, names, nowMs, times);
  const made = await newAuthority(nowMs, times);
  const grown = { ...set, next: made, trusted: bundle([authority.cert, made.cert, ...trusted], nowMs) };
  return withServing(grown, names, nowMs, times);
}

/** The set in which another authority signs. */
async function startWith(
  authority: KeyPair,
  set: CertificateSet | undefined,
  names: readonly string[],
  nowMs: number,
  times: CertificateTimes,
): Promise<CertificateSet> {
  const before = set === undefined ? [] : [set.authority.cert, ...set.trusted];
  return {
    authority,
    next: undefined,
    trusted: bundle([authority.cert, ...before], nowMs),
    serving: await newServing(authority, names, nowMs, times),
  };
}

/** Whether this certificate is the key's, is good now, and covers all the names. */
export function isUsable({ cert, key }: KeyPair, names: readonly string[], nowMs: number): boolean {
  if (!isPair({ cert, key }) || leftMs(cert, nowMs) <= 0) return false;
  const parsed = new X509Certificate(cert);
  return names.every((name) =>
    isIP(name) === 0
      ? parsed.checkHost(name, { subject: 'never' }) !== undefined
      : parsed.checkIP(name) !== undefined,
  );
}

/** Milliseconds since 1970; NaN for what is no certificate. */
export function endMs(cert: string): number {
  try {
    return Date.parse(new X509Certificate(cert).validTo);
  } catch {
    return Number.NaN;
  }
}

async function withServing(
  set: CertificateSet,
  names: readonly string[],
  nowMs: number,
  times: CertificateTimes,
): Promise<CertificateSet> {
  const { serving, authority } = set;
  const isGood =
    isUsable(serving, names, nowMs) &&
    leftMs(serving.cert, nowMs) > times.servingLeftMs &&
    new X509Certificate(serving.cert).verify(new X509Certificate(authority.cert).publicKey);
  if (isGood) return set;
  return { ...set, serving: await newServing(authority, names, nowMs, times) };
}

function newAuthority(nowMs: number, { authorityMs, backdateMs }: CertificateTimes): Promise<KeyPair> {
  // Authorities of one name would be told apart by their keys alone.
  const name = `sluice-webhook-ca ${new Date(nowMs).toISOString()}`;
  return issueAuthority(name, { fromMs: nowMs - backdateMs, toMs: nowMs + authorityMs });
}

function newServing(
  authority: KeyPair,
  names: readonly string[],
  nowMs: number,
  { servingMs, backdateMs }: CertificateTimes,
): Promise<KeyPair> {
  const toMs = Math.min(nowMs + servingMs, endMs(authority.cert));
  return issueServing(authority, names, { fromMs: nowMs - backdateMs, toMs });
}

/** Each once, without those that have ended. */
function bundle(certs: readonly string[], nowMs: number): readonly string[] {
  return [...new Set(certs)].filter((cert) => leftMs(cert, nowMs) > 0);
}

/** Not positive for what is no certificate. */
function leftMs(cert: string, nowMs: number): number {
  const left = endMs(cert) - nowMs;
  return Number.isNaN(left) ? 0 : left;
}

function madeMs(cert: string, { backdateMs }: CertificateTimes): number {
  return Date.parse(new X509Certificate(cert).validFrom) + backdateMs;
}

function isPair({ cert, key }: KeyPair): boolean {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}
