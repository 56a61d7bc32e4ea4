import { parseDuration } from '../api/duration.ts';
import { SluiceError } from '../api/errors.ts';

/** Milliseconds of an option such as `--timeout 5m`. */
export function parseDurationOption(flag: string, text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0) return ms;
  throw new SluiceError('invalid', 'BadOption', `${flag} ${text}: expected a duration above zero`, {
    hint: 'Write it as 90s, 5m or 1h30m.',
  });
}
