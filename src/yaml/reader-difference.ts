import type { Json } from '../api/json.ts';
import { resolvePlain12 } from './resolve-scalar.ts';
import type { YamlFaultCode } from './yaml-fault-codes.ts';

export interface ReaderDifference {
  readonly code: YamlFaultCode;
  readonly message: string;
  readonly suggestion: string;
}

/** What to warn of when YAML 1.2 reads the plain scalar `text` as something else than `value`, or digits were lost. */
export function readerDifference(
  text: string,
  value: Json,
  role: 'key' | 'value',
): ReaderDifference | undefined {
  if (typeof value === 'string' && !/^[-+.0-9]/.test(text)) return undefined;
  const quoted = `"${text}"`;
  if (typeof value === 'number' && !Number.isSafeInteger(value) && /^[-+]?[0-9_]{16,}$/.test(text)) {
    const message = `${text} has more than 64 bits and is read as ${value}, without its last digits`;
    return { code: 'ImpreciseNumber', message, suggestion: `write ${quoted} to keep its digits` };
  }
  const other = resolvePlain12(text);
  if (other === value) return undefined;
  const message = `the ${role} ${text} is read as ${show(value)}, as kubectl reads it; a YAML 1.2 reader takes ${show(other)}`;
  const suggestion =
    typeof value === 'string' ? `write ${quoted}` : `write ${show(value)}, or ${quoted} for text`;
  return { code: 'Yaml11Value', message, suggestion };
}

function show(value: Json | undefined): string {
  if (typeof value === 'string') return `the text "${value}"`;
  return typeof value === 'object' || value === undefined
    ? value === null
      ? 'null'
      : 'infinity'
    : String(value);
}
