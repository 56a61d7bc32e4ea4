import type { LogRecord } from '../../store/port.ts';
import type { RunRef } from '../../store/port.ts';
import { cleanText } from '../terminal/clean-text.ts';
import type { Style } from '../terminal/style.ts';
import { wrapText } from '../terminal/wrap-text.ts';

export type LogFormat = 'default' | 'raw' | 'json';

export interface LogOptions {
  readonly format: LogFormat;
  readonly style: Style;
  /** Lines are wrapped to it; undefined leaves them whole. */
  readonly columns: number | undefined;
  readonly hasTimes: boolean;
}

/** A record as text: each line after the name of its step, the text alone, or one JSON object a line. */
export function logLines(record: LogRecord, ref: RunRef, options: LogOptions): string {
  const { format, style, columns, hasTimes } = options;
  const time = new Date(record.timeMs).toISOString();
  switch (format) {
    case 'json': {
      const { step, kind, text } = record;
      return `${JSON.stringify({ message: text, namespace: ref.namespace, run: ref.name, step, time, kind })}\n`;
    }
    case 'raw':
      return `${cleanText(record.text).trimEnd()}\n`;
    case 'default': {
      const lead = `${hasTimes ? `${time} ` : ''}${record.step} ${style.hasUnicode ? '│' : '|'} `;
      const text = cleanText(record.text).trimEnd();
      const lines = columns === undefined ? text.split('\n') : wrapText(text, columns - lead.length);
      const body = record.kind === 'notice' ? lines.map((line) => style.dim(line)) : lines;
      return body.map((line) => `${style.cyan(lead)}${line}\n`).join('');
    }
  }
}
