import { createHash, generateKeyPair, randomBytes, sign, type KeyObject } from 'node:crypto';
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import { promisify } from 'node:util';
import * as der from './der.ts';

/** PEM: one certificate, and its private key in PKCS #8. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** Milliseconds since 1970. */
export interface Validity {
  readonly fromMs: number;
  readonly toMs: number;
}

/** An authority that may sign certificates of servers, and no other authority. */
export async function issueAuthority(commonName: string, validity: Validity): Promise<KeyPair> {
  const { privateKey, publicKey } = await newKey();
  const name = nameOf(commonName);
  const key = keyId(publicKey);
  return {
    key: privateKeyText(privateKey),
    cert: certificateText(privateKey, {
      issuer: name,
      subject: name,
      validity,
      publicKey,
      extensions: [
        extension(oids.basicConstraints, der.sequence(der.isTrue, der.integer(Buffer.from([0]))), 'critical'),
        // keyCertSign and cRLSign.
        extension(oids.keyUsage, der.bitString(Buffer.from([0x06]), 1), 'critical'),
        extension(oids.subjectKeyId, der.octetString(key)),
      ],
    }),
  };
}

/** A certificate of a server under these DNS names and IP addresses; the first is its common name. */
export async function issueServing(
  authority: KeyPair,
  names: readonly string[],
  validity: Validity,
): Promise<KeyPair> {
  const signer = createPrivateKey(authority.key);
  const { privateKey, publicKey } = await newKey();
  return {
    key: privateKeyText(privateKey),
    cert: certificateText(signer, {
      issuer: nameOf(commonNameOf(authority.cert)),
      // A common name takes 64 characters; who verifies looks at the alternative names alone.
      subject: nameOf((names[0] ?? '').slice(0, 64)),
      validity,
      publicKey,
      extensions: [
        extension(oids.basicConstraints, der.sequence(), 'critical'),
        // digitalSignature.
        extension(oids.keyUsage, der.bitString(Buffer.from([0x80]), 7), 'critical'),
        extension(oids.extendedKeyUsage, der.sequence(der.objectId(oids.serverAuth))),
        extension(oids.alternativeNames, der.sequence(...names.map(alternativeName))),
        extension(oids.subjectKeyId, der.octetString(keyId(publicKey))),
        extension(oids.authorityKeyId, der.sequence(der.implicit(0, keyId(createPublicKey(signer))))),
      ],
    }),
  };
}

const oids = {
  commonName: '2.5.4.3',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  alternativeNames: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyId: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
} as const;

interface Contents {
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly validity: Validity;
  readonly publicKey: KeyObject;
  readonly extensions: readonly Buffer[];
}

/** An X.509 certificate of version 3 (RFC 5280), signed with ECDSA and SHA-256. */
function certificateText(signer: KeyObject, contents: Contents): string {
  const { issuer, subject, validity, publicKey, extensions } = contents;
  const algorithm = der.sequence(der.objectId(oids.ecdsaWithSha256));
  const signed = der.sequence(
    der.explicit(0, der.integer(Buffer.from([2]))),
    der.integer(serialNumber()),
    algorithm,
    issuer,
    der.sequence(der.time(validity.fromMs), der.time(validity.toMs)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    der.explicit(3, der.sequence(...extensions)),
  );
  const certificate = der.sequence(signed, algorithm, der.bitString(sign('sha256', signed, signer)));
  return new X509Certificate(certificate).toString();
}

function extension(oid: string, value: Buffer, critical?: 'critical'): Buffer {
  return der.sequence(
    der.objectId(oid),
    ...(critical === undefined ? [] : [der.isTrue]),
    der.octetString(value),
  );
}

function nameOf(commonName: string): Buffer {
  return der.sequence(der.set(der.sequence(der.objectId(oids.commonName), der.utf8String(commonName))));
}

/** Of a certificate that was issued here: its subject is a common name alone. */
function commonNameOf(cert: string): string {
  return new X509Certificate(cert).subject.replace(/^CN=/, '');
}

function alternativeName(name: string): Buffer {
  if (isIPv4(name)) return der.implicit(7, Buffer.from(name.split('.').map(Number)));
  if (isIPv6(name)) return der.implicit(7, ipv6Bytes(name));
  return der.implicit(2, Buffer.from(name, 'ascii'));
}

function ipv6Bytes(name: string): Buffer {
  // A URL writes an address in its canonical form, without dots.
  const [head = '', tail] = new URL(`http://[${name}]`).hostname.slice(1, -1).split('::');
  const groups = (text: string): string[] => text.split(':').filter((group) => group !== '');
  const before = groups(head);
  const after = groups(tail ?? '');
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  const all = [...before, ...zeros, ...after].map((group) => group.padStart(4, '0'));
  return Buffer.from(all.join(''), 'hex');
}

/** Positive, and not to be guessed. */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

/** Names a public key in the certificates that refer to it. */
function keyId(publicKey: KeyObject): Buffer {
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest().subarray(0, 20);
}

function newKey(): Promise<{ readonly privateKey: KeyObject; readonly publicKey: KeyObject }> {
  return promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
}

function privateKeyText(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
