import type { IncomingMessage } from 'node:http';

export interface ReaderLimits {
  /** Of one body. */
  readonly bodyBytes: number;
  /** Of all bodies that are being read or held. */
  readonly allBytes: number;
}

export type RequestText =
  /** `release` gives its room back; it must be called. */
  | { readonly kind: 'text'; readonly text: string; release(): void }
  | { readonly kind: 'tooLarge' }
  /** Others take up all the room just now. */
  | { readonly kind: 'noRoom' }
  /** The client went away. */
  | { readonly kind: 'aborted' };

/** Reads bodies of requests into bounded memory, however many clients send at once. */
export class RequestReader {
  readonly #limits: ReaderLimits;
  #heldBytes = 0;

  constructor(limits: ReaderLimits) {
    this.#limits = limits;
  }

  /** One that is not kept is read to its end all the same, since who is still sending reads no answer. */
  read(request: IncomingMessage): Promise<RequestText> {
    return new Promise((resolve) => {
      const parts: Buffer[] = [];
      let size = 0;
      let kind: 'text' | 'tooLarge' | 'noRoom' = 'text';
      const drop = (why: typeof kind): void => {
        kind = why;
        this.#heldBytes -= size;
        size = 0;
        parts.length = 0;
      };
      request.on('data', (part: Buffer) => {
        if (kind !== 'text') return;
        parts.push(part);
        size += part.length;
        this.#heldBytes += part.length;
        if (size > this.#limits.bodyBytes) drop('tooLarge');
        else if (this.#heldBytes > this.#limits.allBytes) drop('noRoom');
      });
      request.on('end', () => {
        if (kind !== 'text') return resolve({ kind });
        const release = (): void => drop('noRoom');
        resolve({ kind, text: Buffer.concat(parts).toString('utf8'), release });
      });
      request.on('close', () => {
        if (request.complete) return;
        drop('noRoom');
        resolve({ kind: 'aborted' });
      });
      // `close` follows.
      request.on('error', () => undefined);
    });
  }
}
