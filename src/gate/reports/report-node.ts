import { isObject, type Json, type JsonObject } from '../../api/json.ts';

/** Thrown inside readers, and caught by `readReport`: what is wrong, and where. */
export class ReportFault extends Error {}

const longestText = 500;

/** A value of a report with its place. Null reads as not there, which is how Go writes an empty list. */
export class ReportNode {
  readonly value: Json;
  readonly path: string;

  constructor(value: Json, path = '') {
    this.value = value;
    this.path = path;
  }

  at(key: string): ReportNode | undefined {
    const object = this.object();
    const value = Object.hasOwn(object, key) ? object[key] : undefined;
    return value === undefined || value === null
      ? undefined
      : new ReportNode(value, this.path === '' ? key : `${this.path}.${key}`);
  }

  need(key: string): ReportNode {
    return this.at(key) ?? this.fail(`${key} is missing`);
  }

  /** Items of a list; none for null. */
  items(): readonly ReportNode[] {
    if (this.value === null) return [];
    if (!Array.isArray(this.value)) return this.fail('it must be a list');
    return (this.value as readonly Json[]).map(
      (each, index) => new ReportNode(each, `${this.path}[${index}]`),
    );
  }

  list(key: string): readonly ReportNode[] {
    return this.at(key)?.items() ?? [];
  }

  entries(): readonly (readonly [string, ReportNode])[] {
    return Object.entries(this.object()).map(([key, value]) => [
      key,
      new ReportNode(value, `${this.path}.${key}`),
    ]);
  }

  /** Text of a field, cut; undefined where it is not there. */
  text(key: string): string | undefined {
    const node = this.at(key);
    if (node === undefined) return undefined;
    return typeof node.value === 'string' ? node.value.slice(0, longestText) : node.fail('it must be text');
  }

  /** A whole number of at least 0; undefined where it is not there. */
  count(key: string): number | undefined {
    const node = this.at(key);
    if (node === undefined) return undefined;
    const { value } = node;
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
      ? value
      : node.fail('it must be a whole number');
  }

  flag(key: string): boolean | undefined {
    const node = this.at(key);
    if (node === undefined) return undefined;
    return typeof node.value === 'boolean' ? node.value : node.fail('it must be true or false');
  }

  object(): JsonObject {
    return isObject(this.value) ? this.value : this.fail('it must be an object');
  }

  fail(message: string): never {
    throw new ReportFault(this.path === '' ? message : `${this.path}: ${message}`);
  }
}

/** `Kind namespace/name`, of what there is. */
export function placeOf(
  kind: string | undefined,
  namespace: string | undefined,
  name: string | undefined,
): string {
  const path = [namespace, name].filter((each) => each !== undefined && each !== '').join('/');
  return [kind, path].filter((each) => each !== undefined && each !== '').join(' ');
}
