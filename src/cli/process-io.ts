import { homedir, userInfo } from 'node:os';
import { basename } from 'node:path';
import type { WriteStream } from 'node:tty';
import type { CliIo, Output, StopSignal } from './io.ts';

/** The io of the real process, and a way to wait until all that was written has left it. */
export function processIo(): { readonly io: CliIo; readonly flush: () => Promise<void> } {
  const stdout = outputOf(process.stdout);
  const stderr = outputOf(process.stderr);
  const io: CliIo = {
    stdout,
    stderr,
    readStdin,
    ...(process.stdin.isTTY ? { readHiddenLine: hiddenLine, readLine: visibleLine } : {}),
    env: process.env,
    cwd: process.cwd(),
    home: homeDirectory(),
    user: userName(),
    programName: basename(process.argv[1] ?? 'sluice').replace(/\.[jt]s$/, ''),
    now: () => Date.now(),
    onSignal(handler) {
      const listeners = (['SIGINT', 'SIGTERM'] as const).map((signal: StopSignal) => {
        const listener = (): void => handler(signal);
        process.on(signal, listener);
        return { signal, listener };
      });
      return () => {
        for (const { signal, listener } of listeners) process.off(signal, listener);
      };
    },
    exit: (code) => process.exit(code),
  };
  return { io, flush: async () => void (await Promise.all([drain(process.stdout), drain(process.stderr)])) };
}

/** Empty where there is none: a container may run as a user that nobody has written down. */
function homeDirectory(): string {
  try {
    return homedir() || userInfo().homedir;
  } catch {
    return '';
  }
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}

// The types promise a terminal; a pipe has neither field.
type MaybeTerminal = Omit<WriteStream, 'isTTY'> & { readonly isTTY?: boolean };

function outputOf(stream: MaybeTerminal): Output {
  const closed = new AbortController();
  // `sluice … | head` is no error: what nobody reads is dropped, and the work goes on.
  stream.on('error', () => closed.abort());
  return {
    write(text) {
      if (!closed.signal.aborted) stream.write(text);
    },
    isTTY: stream.isTTY === true,
    size: () =>
      stream.isTTY === true && stream.columns > 0
        ? { columns: stream.columns, rows: stream.rows }
        : undefined,
    onResize(handler) {
      stream.on('resize', handler);
      return () => void stream.off('resize', handler);
    },
    closed: closed.signal,
  };
}

async function readStdin(limitBytes: number): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limitBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function hiddenLine(prompt: string): Promise<string> {
  const { readHiddenLine } = await import('./terminal/hidden-line.ts');
  // Raw mode takes the signal away from Ctrl-C.
  const interrupt = (): void => void process.kill(process.pid, 'SIGINT');
  return readHiddenLine(process.stdin, (text) => process.stderr.write(text), prompt, interrupt);
}

async function visibleLine(prompt: string): Promise<string> {
  const { readVisibleLine } = await import('./terminal/visible-line.ts');
  return readVisibleLine(process.stdin, process.stderr, prompt, () => process.kill(process.pid, 'SIGINT'));
}

async function drain(stream: WriteStream): Promise<void> {
  if (stream.writableLength === 0 || stream.destroyed) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  stream.once('close', resolve);
  stream.once('error', () => resolve());
  stream.write('', () => resolve());
  await promise;
}
