import { createInterface } from 'node:readline';

/** Reads a line that the terminal shows; '' at the end of the input. Ctrl-C calls `onInterrupt`. */
export async function readVisibleLine(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  prompt: string,
  onInterrupt: () => void,
): Promise<string> {
  const { promise: line, resolve } = Promise.withResolvers<string>();
  const lines = createInterface({ input, output, terminal: true });
  lines.once('SIGINT', () => {
    lines.close();
    onInterrupt();
  });
  lines.once('close', () => resolve(''));
  lines.question(prompt, resolve);
  const read = await line;
  lines.close();
  return read;
}
