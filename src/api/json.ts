/** JSON as Sluice carries it: an integer beyond 2^53 is a bigint, so that no digit is lost between YAML, the wire and CUE. */
export type Json = null | boolean | number | bigint | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Digits that may be a number: most that are that long are part of a digest. */
const unsafeInteger = /(?:^|[\s:,[-])\d{16,}(?=[\s,\]}]|$)/;

/** Parses JSON text; integers that a double cannot hold become bigints. Throws SyntaxError as JSON.parse does. */
export function parseJson(text: string): Json {
  if (!unsafeInteger.test(text)) return JSON.parse(text) as Json;
  return JSON.parse(text, (_key, value: Json, context?: { source?: string }) => {
    if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
    return context?.source !== undefined && /^-?\d+$/.test(context.source) ? BigInt(context.source) : value;
  }) as Json;
}

// TypeScript's library does not declare JSON.rawJSON yet; Node 22 has it.
const rawJson = (JSON as unknown as { rawJSON: (this: void, text: string) => unknown }).rawJSON;

/** The JSON text of a value, bigints as plain integers. `indent` is the number of spaces, none by default. */
export function stringifyJson(value: Json | object, indent?: number): string {
  try {
    // Several times faster than with a function that looks at every value, and almost nothing holds a bigint.
    return JSON.stringify(value, undefined, indent);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return JSON.stringify(
      value,
      (_key, item: unknown) => (typeof item === 'bigint' ? rawJson(String(item)) : item),
      indent,
    );
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
