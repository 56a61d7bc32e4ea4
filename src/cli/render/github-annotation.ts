import type { Fault } from '../../api/fault.ts';
import { faultMessage } from './fault-text.ts';

export interface AnnotationPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A workflow command of GitHub Actions, which shows the message at the line of a pull request. */
export function annotation(
  level: 'error' | 'warning' | 'notice',
  message: string,
  options: { readonly place?: AnnotationPlace; readonly title?: string } = {},
): string {
  const { place, title } = options;
  const properties = {
    ...(place === undefined ? {} : { file: place.file, line: place.line, col: place.column }),
    ...(title === undefined ? {} : { title }),
  };
  const list = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(String(value))}`);
  return `::${level}${list.length === 0 ? '' : ` ${list.join(',')}`}::${escapeData(message)}`;
}

export function faultAnnotation(fault: Fault): string {
  return annotation(fault.severity, `${fault.path}: ${faultMessage(fault)}`, {
    place: fault,
    title: fault.code,
  });
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
