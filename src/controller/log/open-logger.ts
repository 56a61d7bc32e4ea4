import type { Logger } from 'pino';
import type { ControllerLog, LogLevel } from './controller-log.ts';
import { cutText, pickFields, type LogFields, type LogValue } from './log-fields.ts';
import { terminalLine } from './terminal-line.ts';

export interface LoggerOptions {
  /** The least that is written. */
  readonly level: LogLevel;
  /** Standard error, as a rule. */
  readonly stream: { write(text: string): void };
  /** For people: a line of text in place of JSON. */
  readonly isTerminal: boolean;
  /** Milliseconds since 1970. */
  now(): number;
  /** Takes secrets out of a text; asked for every one that is written. */
  mask?(text: string): string;
}

const ranks: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

type WriteLine = (level: LogLevel, event: string, fields: Readonly<Record<string, LogValue>>) => void;

/**
 * A log with one line for each event. JSON by pino: `level`, `time` (RFC 3339), `msg` (the event), then the fields. Each
 * line is handed to the stream at once: what was logged before a crash has been written.
 */
export async function openLogger(options: LoggerOptions): Promise<ControllerLog> {
  const { level, isTerminal, stream } = options;
  const mask = (text: string): string => options.mask?.(text) ?? text;
  const least = ranks[level];
  const write: WriteLine = isTerminal
    ? (at, event, fields) => stream.write(terminalLine(options.now(), at, event, fields))
    : await jsonWriter(options);
  const open = (own: LogFields): ControllerLog => {
    const at =
      (name: LogLevel) =>
      (event: string, fields: LogFields = {}): void => {
        if (ranks[name] >= least) write(name, cutText(mask(event)), pickFields({ ...own, ...fields }, mask));
      };
    return {
      debug: at('debug'),
      info: at('info'),
      warn: at('warn'),
      error: at('error'),
      child: (fields) => open({ ...own, ...fields }),
    };
  };
  return open({});
}

async function jsonWriter(options: LoggerOptions): Promise<WriteLine> {
  const { level, stream } = options;
  const { pino } = await import('pino');
  const logger: Logger = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date(options.now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (text: string) => stream.write(text) },
  );
  return (at, event, fields) => logger[at](fields, event);
}
