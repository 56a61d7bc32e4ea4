import type { Buffer } from 'node:buffer';

/** The part of a terminal's input that reading without echo takes. */
export interface HiddenInput {
  setRawMode(isRaw: boolean): unknown;
  resume(): unknown;
  pause(): unknown;
  on(event: 'data', listener: (chunk: Buffer) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  off(event: 'data', listener: (chunk: Buffer) => void): unknown;
  off(event: 'end', listener: () => void): unknown;
}

const interrupt = '\u0003';
const endOfInput = '\u0004';
const deletes: readonly string[] = ['\u007f', '\b'];

/** Reads a line that the terminal does not show. Ctrl-C calls `onInterrupt` once the terminal is as it was. */
export async function readHiddenLine(
  input: HiddenInput,
  write: (text: string) => void,
  prompt: string,
  onInterrupt: () => void,
): Promise<string> {
  write(prompt);
  const { promise: line, resolve } = Promise.withResolvers<string | undefined>();
  let typed: readonly string[] = [];
  const onData = (chunk: Buffer): void => {
    for (const character of chunk.toString('utf8')) {
      if (character === interrupt) return resolve(undefined);
      if (character === '\r' || character === '\n' || character === endOfInput)
        return resolve(typed.join(''));
      typed = deletes.includes(character) ? typed.slice(0, -1) : [...typed, character];
    }
  };
  const onEnd = (): void => resolve(typed.join(''));
  input.setRawMode(true);
  input.on('data', onData);
  input.on('end', onEnd);
  input.resume();
  const read = await line;
  input.off('data', onData);
  input.off('end', onEnd);
  input.setRawMode(false);
  // Otherwise the process would wait for more.
  input.pause();
  write('\n');
  if (read === undefined) onInterrupt();
  return read ?? '';
}
