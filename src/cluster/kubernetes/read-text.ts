import { SluiceError } from '../../api/errors.ts';

/** The whole body as text. Throws SluiceError `terminal` past `limitBytes`; the rest is not read. */
export async function readText(
  body: AsyncIterable<Buffer>,
  limitBytes: number,
  doing: string,
): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of body) {
    size += part.length;
    if (size > limitBytes) {
      throw new SluiceError(
        'terminal',
        'AnswerTooLarge',
        `The API server's answer to ${doing} is larger than ${Math.floor(limitBytes / 1024)} KiB and was not read.`,
      );
    }
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** The lines of a body as they come. Throws SluiceError `terminal` for a line past `limitBytes`. */
export async function* readLines(
  body: AsyncIterable<Buffer>,
  limitBytes: number,
  doing: string,
): AsyncGenerator<string> {
  const newline = 0x0a;
  let parts: Buffer[] = [];
  let size = 0;
  for await (const part of body) {
    let start = 0;
    for (let end = part.indexOf(newline); end >= 0; end = part.indexOf(newline, start)) {
      // Most lines are in one part, and need no copy.
      const line =
        parts.length === 0
          ? part.toString('utf8', start, end)
          : Buffer.concat([...parts, part.subarray(start, end)]).toString('utf8');
      if (size > 0) [parts, size] = [[], 0];
      start = end + 1;
      if (line.trim() !== '') yield line;
    }
    if (start < part.length) parts.push(part.subarray(start));
    size += part.length - start;
    if (size > limitBytes)
      throw new SluiceError('terminal', 'AnswerTooLarge', `A line of the answer to ${doing} is too long.`);
  }
}
