import type { LogFields } from './log-fields.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** The controller's own log. `event` says what happened in few words that stay the same, such as `run finished`. */
export interface ControllerLog {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  /** The same log, with these fields on every line. */
  child(fields: Pick<LogFields, 'run' | 'uid' | 'step' | 'attempt' | 'lease' | 'cluster'>): ControllerLog;
}
