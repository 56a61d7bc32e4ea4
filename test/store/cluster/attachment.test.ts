import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decodeAttachment, encodeAttachment } from '../../../src/store/cluster/attachment.ts';

const limit = 1024 * 1024;

describe('attachments of a run', () => {
  test.each([
    ['nothing', ''],
    ['JSON', '{"a":1}'],
    ['text beyond ASCII', 'Schleuse 水門 🚪'],
    ['as much as is allowed', 'x'.repeat(limit)],
  ])('gives back %s', (_name, text) => {
    expect(decodeAttachment(encodeAttachment(text), limit)).toBe(text);
  });

  test.each([
    ['what is no gzip', Buffer.from('hello').toString('base64'), 'incorrect header'],
    ['what was cut off', encodeAttachment('hello hello').slice(0, 16), 'unexpected end'],
    ['more than is allowed', encodeAttachment('x'.repeat(limit + 1)), `longer than ${limit} bytes`],
    ['what is no UTF-8', gzipSync(Buffer.from([0xff, 0xfe])).toString('base64'), 'not valid'],
  ])('refuses %s', (_name, base64, why) => {
    expect(() => decodeAttachment(base64, limit)).toThrow(
      expect.objectContaining({ code: 'AttachmentUnreadable', message: expect.stringContaining(why) }),
    );
  });
});
