import type { Json } from '../../api/json.ts';
import type { Names } from '../expression/evaluate.ts';

/** The names of one evaluation, and why others have no value. */
export class Scope implements Names {
  readonly #values = new Map<string, Json>();
  readonly #absences = new Map<string, string>();

  set(name: string, value: Json): void {
    this.#values.set(name, value);
  }

  setAbsent(name: string, why: string): void {
    this.#absences.set(name, why);
  }

  get(name: string): Json | undefined {
    return this.#values.get(name);
  }

  absence(name: string): string {
    return this.#absences.get(name) ?? `${name} has no value`;
  }
}
