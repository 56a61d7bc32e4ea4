import { gunzipSync, gzipSync } from 'node:zlib';
import { messageOf, SluiceError } from '../../api/errors.ts';

/** What stands under an attachment's key: the gzipped text in base64. */
export function encodeAttachment(text: string): string {
  return gzipSync(text).toString('base64');
}

/**
 * The text of an attachment. Throws SluiceError `invalid`/`AttachmentUnreadable` when it is no gzipped text, or more of it
 * than `limitBytes` once unpacked: whoever may write a ConfigMap must not fill the memory of whoever reads it.
 */
export function decodeAttachment(base64: string, limitBytes: number): string {
  try {
    const bytes = gunzipSync(Buffer.from(base64, 'base64'), { maxOutputLength: limitBytes });
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    const isTooLong = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    const why = isTooLong ? `it is longer than ${limitBytes} bytes` : messageOf(error);
    throw new SluiceError(
      'invalid',
      'AttachmentUnreadable',
      `an attachment of the run cannot be read: ${why}`,
      {
        cause: error,
      },
    );
  }
}
