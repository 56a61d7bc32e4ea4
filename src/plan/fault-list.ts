import type { Fault } from '../api/fault.ts';
import { lookUp } from '../api/field-path.ts';
import type { Place } from '../api/place.ts';
import type { FieldPath, SourceDocument } from '../yaml/source-document.ts';
import type { PlanFaultCode } from './plan-fault-codes.ts';

export interface FaultDetails {
  readonly suggestion?: string;
  readonly severity?: Fault['severity'];
}

/** So many errors, and so many warnings, are kept: more help no one, and a hostile text could make very many. */
const kept = 100;

/** Gathers the faults of one compilation. */
export class FaultList {
  readonly #faults: Fault[] = [];
  readonly #count = { error: 0, warning: 0 };

  /** `severity` is error unless said otherwise. */
  add(code: PlanFaultCode, at: Place, message: string, details: FaultDetails = {}): void {
    const { severity = 'error', suggestion } = details;
    const told = suggestion === undefined ? {} : { suggestion: clip(suggestion, 300) };
    this.addForeign({
      ...at,
      path: clip(at.path, 1000),
      code,
      severity,
      message: clip(message, 1000),
      ...told,
    });
  }

  warn(code: PlanFaultCode, at: Place, message: string, details: FaultDetails = {}): void {
    this.add(code, at, message, { ...details, severity: 'warning' });
  }

  /** A fault that another part found, in a file of its own. */
  addForeign(fault: Fault): void {
    if (this.#count[fault.severity]++ < kept) this.#faults.push(fault);
  }

  get hasErrors(): boolean {
    return this.#count.error > 0;
  }

  has(code: PlanFaultCode): boolean {
    return this.#faults.some((fault) => fault.code === code);
  }

  /** No further error will be kept: there is no use in looking for more. */
  get isFull(): boolean {
    return this.#count.error >= kept;
  }

  /** In the order of the files, each fault once. */
  sorted(): readonly Fault[] {
    const seen = new Map(this.#faults.map((fault) => [JSON.stringify(fault), fault]));
    return [...seen.values()].toSorted(
      (a, b) => compare(a.file, b.file) || a.line - b.line || a.column - b.column,
    );
  }
}

/** The place of a value that is there; else of the key that it should stand under. */
export function placeOf(document: SourceDocument, path: FieldPath): Place {
  if (lookUp(document.value, path) !== undefined) return document.locate(path);
  let known = path.slice(0, -1);
  while (known.length > 0 && lookUp(document.value, known) === undefined) known = known.slice(0, -1);
  return { ...document.locate(known, 'key'), path: document.locate(path).path };
}

function clip(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
