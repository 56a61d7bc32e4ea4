import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  certificateTimes,
  isUsable,
  renewSet,
  type CertificateSet,
} from '../../../src/controller/webhook/certificate/certificate-set.ts';
import {
  issueAuthority,
  issueServing,
} from '../../../src/controller/webhook/certificate/issue-certificate.ts';

const names = ['sluice-webhook.sluice-system.svc', '127.0.0.1', '::1'];
const beginMs = Date.parse('2026-01-01T00:00:00Z');
const day = 86_400_000;

/** The set after looking at it at each of these times. */
async function after(...timesMs: readonly number[]): Promise<CertificateSet> {
  let set = await renewSet(undefined, names, beginMs, certificateTimes);
  for (const atMs of timesMs) set = await renewSet(set, names, beginMs + atMs, certificateTimes);
  return set;
}

/** Whether who trusts these authorities believes the certificate. */
function isBelieved(serving: string, trusted: readonly string[]): boolean {
  const certificate = new X509Certificate(serving);
  return trusted.some((cert) => {
    const authority = new X509Certificate(cert);
    return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
  });
}

describe('a certificate', () => {
  const validity = { fromMs: beginMs, toMs: beginMs + 90 * day };

  test('is one that strict verification takes', async () => {
    const authority = await issueAuthority('a test', { fromMs: Date.now() - day, toMs: Date.now() + day });
    const serving = await issueServing(authority, names, {
      fromMs: Date.now() - day,
      toMs: Date.now() + day,
    });
    const directory = mkdtempSync(join(tmpdir(), 'sluice-certificate-'));
    try {
      writeFileSync(join(directory, 'ca.pem'), authority.cert);
      writeFileSync(join(directory, 'tls.pem'), serving.cert);
      const flags = ['-x509_strict', '-purpose', 'sslserver', '-verify_hostname', names[0] ?? ''];
      const args = ['verify', ...flags, '-CAfile', join(directory, 'ca.pem'), join(directory, 'tls.pem')];
      expect(execFileSync('openssl', args, { encoding: 'utf8' })).toContain(': OK');
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test('says for whom it is, by whom, and how long', async () => {
    const authority = await issueAuthority('sluice é', validity);
    const serving = await issueServing(authority, [...names, '2001:db8::1:2', '::ffff:1.2.3.4'], validity);
    const certificate = new X509Certificate(serving.cert);
    expect(certificate).toMatchObject({
      subject: 'CN=sluice-webhook.sluice-system.svc',
      issuer: 'CN=sluice é',
      ca: false,
      validFrom: 'Jan  1 00:00:00 2026 GMT',
      validTo: 'Apr  1 00:00:00 2026 GMT',
      keyUsage: ['1.3.6.1.5.5.7.3.1'],
    });
    expect(new X509Certificate(authority.cert).ca).toBe(true);
    for (const address of ['127.0.0.1', '::1', '2001:db8::1:2', '::ffff:102:304'])
      expect(certificate.checkIP(address)).toBeDefined();
    expect(certificate.checkIP('127.0.0.2')).toBeUndefined();
  });

  test('can end after 2049, when years are written in full', async () => {
    const late = { fromMs: beginMs, toMs: Date.parse('2051-02-03T04:05:06Z') };
    const { cert } = await issueAuthority('a', late);
    expect(new X509Certificate(cert).validTo).toBe('Feb  3 04:05:06 2051 GMT');
  });

  test('has a serial number of its own each time', async () => {
    const authority = await issueAuthority('a', validity);
    const serials = new Set<string>();
    for (let index = 0; index < 50; index += 1)
      serials.add(new X509Certificate((await issueServing(authority, names, validity)).cert).serialNumber);
    expect(serials.size).toBe(50);
  });
});

describe('a set', () => {
  test('is the same object while nothing is due', async () => {
    const set = await after();
    for (const days of [0, 1, 30, 59])
      expect(await renewSet(set, names, beginMs + days * day, certificateTimes)).toBe(set);
  });

  test('has another certificate of the same authority when a third of its time is left', async () => {
    const first = await after();
    const second = await after(61 * day);
    const renewed = await renewSet(first, names, beginMs + 61 * day, certificateTimes);
    expect(renewed.serving.cert).not.toBe(first.serving.cert);
    expect(renewed).toMatchObject({ authority: first.authority, trusted: first.trusted, next: undefined });
    expect(isUsable(second.serving, names, beginMs + 140 * day)).toBe(true);
  });

  test('has another certificate when the webhook gets another name', async () => {
    const set = await after();
    const renewed = await renewSet(set, [...names, 'other.svc'], beginMs, certificateTimes);
    expect(isUsable(set.serving, [...names, 'other.svc'], beginMs)).toBe(false);
    expect(isUsable(renewed.serving, [...names, 'other.svc'], beginMs)).toBe(true);
    expect(renewed.authority).toBe(set.authority);
  });

  test('trusts a new authority before it signs, and the old one after', async () => {
    const first = await after();
    const dueMs = beginMs + 4 * 365 * day + day;
    const trusting = await renewSet(first, names, dueMs, certificateTimes);
    expect(trusting.authority).toBe(first.authority);
    expect(trusting.next).toBeDefined();
    expect(trusting.trusted).toEqual([first.authority.cert, trusting.next?.cert]);
    expect(isBelieved(trusting.serving.cert, first.trusted)).toBe(true);
    expect(await renewSet(trusting, names, dueMs + 3_599_000, certificateTimes)).toBe(trusting);

    const signing = await renewSet(trusting, names, dueMs + 3_601_000, certificateTimes);
    expect(signing).toMatchObject({ authority: trusting.next, next: undefined });
    expect(signing.trusted.toSorted()).toEqual(trusting.trusted.toSorted());
    expect(isBelieved(signing.serving.cert, trusting.trusted)).toBe(true);
    expect(isBelieved(trusting.serving.cert, signing.trusted)).toBe(true);
  });

  test('forgets an authority that has ended', async () => {
    const dueMs = 4 * 365 * day + day;
    const set = await after(
      dueMs,
      dueMs + 3_601_000,
      dueMs + 366 * day + 4 * 365 * day,
      dueMs + 367 * day + 4 * 365 * day,
    );
    expect(set.trusted.length).toBeLessThanOrEqual(2);
    for (const cert of set.trusted)
      expect(Date.parse(new X509Certificate(cert).validTo)).toBeGreaterThan(
        beginMs + dueMs + 367 * day + 4 * 365 * day,
      );
  });

  test('that nobody looked at for years is made anew', async () => {
    const set = await after(20 * 365 * day);
    expect(set.trusted).toEqual([set.authority.cert]);
    expect(isUsable(set.serving, names, beginMs + 20 * 365 * day)).toBe(true);
  });

  test('looked at every week for fifteen years is always believed by who trusted it the week before', async () => {
    let set = await after();
    let served = set.serving.cert;
    let authorities = 0;
    for (let days = 1; days <= 15 * 365; days += 7) {
      const renewed = await renewSet(set, names, beginMs + days * day, certificateTimes);
      if (renewed !== set) {
        expect(isBelieved(renewed.serving.cert, set.trusted)).toBe(true);
        expect(isBelieved(served, renewed.trusted)).toBe(true);
        expect(isUsable(renewed.serving, names, beginMs + (days + 7) * day)).toBe(true);
        if (renewed.authority !== set.authority) authorities += 1;
      }
      set = renewed;
      served = renewed.serving.cert;
    }
    expect(authorities).toBe(3);
  });

  test.each<[string, (set: CertificateSet) => CertificateSet]>([
    ['a key that is another’s', (set) => ({ ...set, authority: { ...set.authority, key: set.serving.key } })],
    [
      'an authority that is no certificate',
      (set) => ({ ...set, authority: { ...set.authority, cert: 'x' } }),
    ],
    [
      'a served key that is cut',
      (set) => ({ ...set, serving: { ...set.serving, key: set.serving.key.slice(0, 60) } }),
    ],
    ['nothing served', (set) => ({ ...set, serving: { cert: '', key: '' } })],
    ['a next authority that is none', (set) => ({ ...set, next: { cert: 'x', key: 'y' } })],
  ])('with %s can be served from again', async (_what, spoil) => {
    const set = await renewSet(spoil(await after()), names, beginMs, certificateTimes);
    expect(isUsable(set.serving, names, beginMs)).toBe(true);
    expect(isBelieved(set.serving.cert, set.trusted)).toBe(true);
  });
});
