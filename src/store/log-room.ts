import type { LogRecord } from './port.ts';

/** Most bytes of log that a store keeps of one step, and of one run. */
export interface LogLimits {
  readonly stepBytes: number;
  readonly runBytes: number;
}

export const defaultLogLimits: LogLimits = { stepBytes: 1024 * 1024, runBytes: 8 * 1024 * 1024 };

/** Key of the record that says a step's log was cut; no step writes it, since theirs begin with a digit or a name. */
export const cutNoticeKey = '~cut';

/** Counted for each record beside its text, so that empty records have an end too. */
const recordBytes = 64;

/** What to keep of a record when its step and its run hold `used` bytes of log. */
export interface FittedLog {
  readonly kept: LogRecord | undefined;
  /** What `kept` takes; a cut fills the room to the brim, and nothing follows. */
  readonly bytes: number;
  readonly notice: LogRecord | undefined;
}

export function fitLog(record: LogRecord, used: LogLimits, limits: LogLimits): FittedLog {
  const room = Math.min(limits.stepBytes - used.stepBytes, limits.runBytes - used.runBytes);
  const text = Buffer.from(record.text, 'utf8');
  const bytes = text.length + recordBytes;
  if (bytes <= room) return { kept: record, bytes, notice: undefined };
  const head = room > recordBytes ? firstBytes(text, room - recordBytes) : '';
  return {
    kept: head === '' ? undefined : { ...record, text: head },
    bytes: Math.max(room, 0),
    notice: cutNotice(record, limits, used.runBytes + bytes > limits.runBytes),
  };
}

/** Whole characters only. */
function firstBytes(text: Buffer, length: number): string {
  return new TextDecoder().decode(text.subarray(0, length), { stream: true });
}

function cutNotice(record: LogRecord, limits: LogLimits, isRunFull: boolean): LogRecord {
  const whose = isRunFull
    ? `this run passed ${mebibytes(limits.runBytes)}`
    : `this step passed ${mebibytes(limits.stepBytes)}`;
  const text = `The log is cut here: what is kept of ${whose}. Later lines of this step are not stored.`;
  return { step: record.step, key: cutNoticeKey, timeMs: record.timeMs, kind: 'notice', text };
}

function mebibytes(bytes: number): string {
  return `${Math.round((bytes / 1024 / 1024) * 100) / 100} MiB`;
}
