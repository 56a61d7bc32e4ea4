import type { KeptAnswer } from '../../llm/cache/answer-store.ts';
import type { CommandContext, SessionFlags } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { age } from '../render/elapsed.ts';
import { objectText } from '../render/object-output.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import { table } from '../terminal/table.ts';
import { withSession } from '../with-session.ts';

export interface CacheListFlags extends SessionFlags {
  readonly output: 'text' | 'json' | 'yaml';
}

/** The answers of models that are used again, without what they say. */
export async function cacheList(flags: CacheListFlags, context: CommandContext): Promise<number> {
  const { io } = context;
  const answers = await withSession(context, flags, ({ answers: store }) => store.list(), { isQuiet: true });
  if (flags.output !== 'text') io.stdout.write(await objectText(answers.map(plain), flags.output));
  else if (answers.length === 0) io.stderr.write('No answer of a model is kept.\n');
  else {
    const nowMs = io.now();
    const rows = answers.map(({ key, label, storedAtMs, expiresAtMs, bytes }) => [
      shortKey(key),
      label === undefined ? '<unknown>' : cleanLine(label),
      age(storedAtMs, nowMs),
      expiresAtMs <= nowMs ? 'expired' : `in ${age(nowMs, expiresAtMs)}`,
      String(bytes),
    ]);
    io.stdout.write(table([['KEY', 'MODEL', 'AGE', 'EXPIRES', 'BYTES'], ...rows]));
  }
  return exitCodes.succeeded;
}

function shortKey(key: string): string {
  return key.replace(/^sha256:/, '').slice(0, 12);
}

function plain({ key, label, storedAtMs, expiresAtMs, bytes }: KeptAnswer): object {
  return {
    key: shortKey(key),
    ...(label === undefined ? {} : { model: label }),
    stored: new Date(storedAtMs).toISOString(),
    expires: new Date(expiresAtMs).toISOString(),
    bytes,
  };
}
