import type { Readable } from 'node:stream';
import { promisify, TextDecoder } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw, type InputType, type ZlibOptions } from 'node:zlib';
import type { AnswerObserver } from './http-client.ts';
import { indeterminate } from './transport-fault.ts';

/** A little more than it holds once decoded: what cannot be compressed grows by the format's own bytes. */
const encodingOverhead = 64 * 1024;

/**
 * The text of a body. `limitBytes` counts decoded bytes. Throws SluiceError `indeterminate`: too large, or in an encoding
 * that is unknown or broken; what breaks the stream is thrown on.
 */
export async function readBody(
  body: Readable,
  headers: Readonly<Record<string, readonly string[]>>,
  limitBytes: number,
  host: string,
  observer?: AnswerObserver,
): Promise<string> {
  const encodings = encodingsOf(headers);
  const rawLimit = encodings.length === 0 ? limitBytes : limitBytes + encodingOverhead;
  let bytes = await readRaw(body, rawLimit, () => tooLarge(host, limitBytes), observer);
  for (const encoding of encodings.toReversed()) {
    // oxlint-disable-next-line no-await-in-loop -- each layer is the input of the next
    if (bytes.length > 0) bytes = await decode(bytes, encoding, limitBytes, host);
  }
  return textDecoder(headers['content-type']?.[0]).decode(bytes);
}

async function readRaw(
  body: Readable,
  limit: number,
  tooMuch: () => Error,
  observer?: AnswerObserver,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw tooMuch();
    chunks.push(chunk);
    observer?.bytes(chunk);
  }
  return Buffer.concat(chunks, size);
}

type Decoder = (bytes: InputType, options: ZlibOptions) => Promise<Buffer>;

const decoders: Readonly<Record<string, Decoder>> = {
  gzip: promisify<InputType, ZlibOptions, Buffer>(gunzip),
  br: (bytes, { maxOutputLength }) =>
    promisify(brotliDecompress)(bytes, maxOutputLength === undefined ? {} : { maxOutputLength }),
  deflate: promisify<InputType, ZlibOptions, Buffer>(inflate),
  'deflate-raw': promisify<InputType, ZlibOptions, Buffer>(inflateRaw),
};

async function decode(bytes: Buffer, encoding: string, limitBytes: number, host: string): Promise<Buffer> {
  // Some servers send `deflate` without its two-byte header.
  const isBare = encoding === 'deflate' && ((bytes[0] ?? 0) & 0x0f) !== 8;
  const decoder = Object.hasOwn(decoders, encoding) ? decoders[isBare ? 'deflate-raw' : encoding] : undefined;
  if (decoder === undefined) {
    const name = encoding.replaceAll(/[^a-z0-9-]/g, '?').slice(0, 20);
    throw indeterminate(
      'UnknownEncoding',
      `${host} answered in the encoding "${name}", which is not understood`,
      true,
    );
  }
  try {
    return await decoder(bytes, { maxOutputLength: limitBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(host, limitBytes);
    throw indeterminate('BrokenEncoding', `the ${encoding} body of ${host}'s answer is damaged or cut off`);
  }
}

function tooLarge(host: string, limitBytes: number): Error {
  return indeterminate('BodyTooLarge', `the answer of ${host} is larger than ${limitBytes} bytes`, true);
}

function encodingsOf(headers: Readonly<Record<string, readonly string[]>>): readonly string[] {
  const named = (headers['content-encoding'] ?? []).join(',').toLowerCase().split(',');
  const encodings = named.map((name) => name.trim().replace(/^x-gzip$/, 'gzip'));
  return encodings.filter((name) => name !== '' && name !== 'identity');
}

/** UTF-8 unless the type names another; what does not decode becomes replacement characters. */
function textDecoder(contentType: string | undefined): TextDecoder {
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType ?? '')?.[1];
  try {
    return new TextDecoder(charset ?? 'utf-8');
  } catch {
    return new TextDecoder('utf-8');
  }
}
