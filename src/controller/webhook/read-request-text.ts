import type { IncomingMessage } from 'node:http';

export type RequestText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'tooLarge' }
  /** The client went away. */
  | { readonly kind: 'aborted' };

/**
 * The body as text. One that is longer is read to its end and forgotten, since who is still sending reads no answer.
 */
export function readRequestText(request: IncomingMessage, limitBytes: number): Promise<RequestText> {
  return new Promise((resolve) => {
    let parts: Buffer[] = [];
    let size = 0;
    request.on('data', (part: Buffer) => {
      size += part.length;
      if (size > limitBytes) parts = [];
      else parts.push(part);
    });
    request.on('end', () => {
      if (size > limitBytes) resolve({ kind: 'tooLarge' });
      else resolve({ kind: 'text', text: Buffer.concat(parts).toString('utf8') });
    });
    // After `end` it changes nothing.
    request.on('error', () => resolve({ kind: 'aborted' }));
    request.on('close', () => resolve({ kind: 'aborted' }));
  });
}
