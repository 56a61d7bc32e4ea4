import { parseDuration } from '../api/duration.ts';
import { isObject, type Json, type JsonObject } from '../api/json.ts';
import type { Place } from '../api/place.ts';
import type { Mode } from '../api/workflow.ts';
import type { FieldPath, SourceDocument } from '../yaml/source-document.ts';
import { placeOf, type FaultList } from './fault-list.ts';
import type { PlanFaultCode } from './plan-fault-codes.ts';
import { didYouMean } from './suggest.ts';
import { reportUnknownFields } from './unknown-fields.ts';

/** Reads the fields of one object; a field that is wrong is reported and read as missing, as is null. */
export class FieldReader {
  readonly document: SourceDocument;
  readonly path: FieldPath;
  readonly value: JsonObject;
  readonly faults: FaultList;

  constructor(document: SourceDocument, path: FieldPath, value: JsonObject, faults: FaultList) {
    this.document = document;
    this.path = path;
    this.value = value;
    this.faults = faults;
  }

  has(key: string): boolean {
    return Object.hasOwn(this.value, key) && this.value[key] !== null;
  }

  place(...path: FieldPath): Place {
    return placeOf(this.document, [...this.path, ...path]);
  }

  fault(code: PlanFaultCode, path: FieldPath, message: string, suggestion?: string): undefined {
    this.faults.add(code, this.place(...path), message, suggestion === undefined ? {} : { suggestion });
    return undefined;
  }

  text(key: string): string | undefined {
    const value = this.#get(key);
    if (value === undefined || typeof value === 'string') return value;
    const quoted = typeof value === 'object' ? undefined : 'put quotes around it';
    return this.fault('WrongType', [key], `\`${key}\` must be text, not ${describe(value)}`, quoted);
  }

  /** Text that must be there and not be empty. */
  requiredText(key: string, why: string): string | undefined {
    if (!this.has(key)) return this.fault('MissingField', [key], `\`${key}\` is missing: ${why}`);
    const value = this.text(key);
    return value === '' ? this.fault('MissingField', [key], `\`${key}\` is empty: ${why}`) : value;
  }

  flag(key: string): boolean | undefined {
    const value = this.#get(key);
    if (value === undefined || typeof value === 'boolean') return value;
    return this.fault('WrongType', [key], `\`${key}\` must be true or false, not ${describe(value)}`);
  }

  integer(
    key: string,
    lowest: number,
    highest: number,
    code: PlanFaultCode = 'BadRetry',
  ): number | undefined {
    return this.#number(key, [lowest, highest], 'a whole number', Number.isInteger, code);
  }

  number(key: string, lowest: number, highest: number): number | undefined {
    return this.#number(key, [lowest, highest], 'a number', Number.isFinite, 'BadRetry');
  }

  object(key: string): JsonObject | undefined {
    const value = this.#get(key);
    if (value === undefined || isObject(value)) return value;
    return this.fault('WrongType', [key], `\`${key}\` must be a map of fields, not ${describe(value)}`);
  }

  /** A reader of the object under `key`. */
  child(key: string): FieldReader | undefined {
    const value = this.object(key);
    return value === undefined
      ? undefined
      : new FieldReader(this.document, [...this.path, key], value, this.faults);
  }

  list(key: string): readonly Json[] | undefined {
    const value = this.#get(key);
    if (value === undefined || Array.isArray(value)) return value;
    return this.fault('WrongType', [key], `\`${key}\` must be a list, not ${describe(value)}`);
  }

  /** A reader for each object of the list under `key`; the position in the list is the last of its path. */
  children(key: string): readonly FieldReader[] {
    return (this.list(key) ?? []).flatMap((item, index) => {
      if (isObject(item))
        return [new FieldReader(this.document, [...this.path, key, index], item, this.faults)];
      this.fault(
        'WrongType',
        [key, index],
        `an item of \`${key}\` must be a map of fields, not ${describe(item)}`,
      );
      return [];
    });
  }

  texts(key: string): readonly { readonly value: string; readonly index: number }[] {
    return (this.list(key) ?? []).flatMap((value, index) => {
      if (typeof value === 'string') return [{ value, index }];
      this.fault('WrongType', [key, index], `an item of \`${key}\` must be text, not ${describe(value)}`);
      return [];
    });
  }

  /** A map whose values are text, such as labels. */
  textMap(key: string): Readonly<Record<string, string>> {
    const result: Record<string, string> = {};
    for (const [name, value] of Object.entries(this.object(key) ?? {})) {
      if (typeof value === 'string') result[name] = value;
      else
        this.fault(
          'WrongType',
          [key, name],
          `the value of "${name}" must be text, not ${describe(value)}`,
          typeof value === 'object' ? undefined : 'put quotes around it',
        );
    }
    return result;
  }

  /** Milliseconds of a Go duration above zero. */
  duration(key: string): number | undefined {
    const text = this.text(key);
    if (text === undefined) return undefined;
    const ms = parseDuration(text);
    if (ms !== undefined && ms > 0) return ms;
    const days = /^([0-9]+)d$/.exec(text)?.[1];
    if (days !== undefined)
      return this.fault(
        'BadDuration',
        [key],
        `"${text}" is no duration: Go durations have no days; use hours`,
        `${Number(days) * 24}h`,
      );
    if (ms === 0) return this.fault('BadDuration', [key], `\`${key}\` must be longer than zero`);
    return this.fault(
      'BadDuration',
      [key],
      `"${text}" is no duration; write a number and a unit (ms, s, m, h), such as 30s or 1h30m`,
      /^[0-9]+$/.test(text) ? `${text}s` : undefined,
    );
  }

  mode(key: string): Mode | undefined {
    const text = this.text(key);
    if (text === undefined || text === '') return undefined;
    if (text === 'StepByStep' || text === 'DAG') return text;
    const { suggestion } = didYouMean(text, ['StepByStep', 'DAG']);
    return this.fault('UnknownMode', [key], `"${text}" is no mode: there are StepByStep and DAG`, suggestion);
  }

  checkFields(known: readonly string[]): void {
    reportUnknownFields(this, known);
  }

  #number(
    key: string,
    [lowest, highest]: readonly [number, number],
    what: string,
    isFine: (value: number) => boolean,
    code: PlanFaultCode,
  ): number | undefined {
    const value = this.#get(key);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && isFine(value) && value >= lowest && value <= highest) return value;
    const isNumber = typeof value === 'number' || typeof value === 'bigint';
    const found = isNumber ? String(value) : describe(value);
    return this.fault(
      isNumber ? code : 'WrongType',
      [key],
      `\`${key}\` must be ${what} from ${lowest} to ${highest}, not ${found}`,
    );
  }

  #get(key: string): Json | undefined {
    return this.has(key) ? this.value[key] : undefined;
  }
}

/** What a value is, in words. */
function describe(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'string') return value === '' ? 'empty text' : 'text';
  return typeof value === 'boolean' ? `the boolean ${value}` : `the number ${String(value)}`;
}
