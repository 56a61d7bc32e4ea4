import type { Json } from '../api/json.ts';
import type { YamlFaultCode } from './yaml-fault-codes.ts';

export type ResolvedScalar =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly code: YamlFaultCode; readonly message: string };

const words: ReadonlyMap<string, null | boolean> = new Map([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map(
    (word) => [word, true] as const,
  ),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map(
    (word) => [word, false] as const,
  ),
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
]);

const notFinite = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const goInteger = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/;
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const dotFloat = /^\.[0-9]+(?:[eE][-+]?[0-9]+)?$/;

/**
 * What kubectl (sigs.k8s.io/yaml, YAML 1.1) makes of a plain scalar. The rules and their order are those of that reader:
 * words, then integers with underscores and base prefixes, then floats; dates and `12:30` stay text.
 */
export function resolvePlain(text: string): ResolvedScalar {
  const word = words.get(text);
  if (word !== undefined) return { ok: true, value: word };
  if (notFinite.test(text)) {
    const message = `${text} is a number that JSON cannot carry, and the API server refuses it; put quotes around it if it is text`;
    return { ok: false, code: 'UnsupportedNumber', message };
  }
  return { ok: true, value: readNumber(text) ?? text };
}

/** What a YAML 1.2 reader (core schema) makes of the same scalar; `undefined` stands for infinity and not-a-number. */
export function resolvePlain12(text: string): Json | undefined {
  if (/^(?:|~|null|Null|NULL)$/.test(text)) return null;
  if (/^(?:true|True|TRUE)$/.test(text)) return true;
  if (/^(?:false|False|FALSE)$/.test(text)) return false;
  if (notFinite.test(text)) return undefined;
  // Reading very long integers exactly takes time that grows with the square of their length.
  if (/^[-+]?[0-9]{1,100}$/.test(text)) return narrow(BigInt(text.replace('+', '')));
  if (/^0o[0-7]{1,100}$/.test(text) || /^0x[0-9a-fA-F]{1,100}$/.test(text)) return narrow(BigInt(text));
  if (!float.test(text)) return text;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

const tagPrefix = 'tag:yaml.org,2002:';

/** The value of a scalar with an explicit tag; `!` and no tag on quoted text mean text. */
export function resolveTagged(text: string, tag: string): ResolvedScalar {
  const name = tag.startsWith(tagPrefix) ? tag.slice(tagPrefix.length) : undefined;
  switch (name) {
    case 'str':
      return { ok: true, value: text };
    case 'timestamp':
      return { ok: true, value: text };
    case 'binary':
      return decodeBinary(text);
    case 'null':
    case 'bool':
    case 'int':
    case 'float':
      return checkTag(text, name);
    case undefined:
    default:
      return tag === '!'
        ? { ok: true, value: text }
        : { ok: false, code: 'UnknownTag', message: unknownTag(tag) };
  }
}

/** What to say of a tag that has no meaning here. */
export function unknownTag(tag: string): string {
  const shown = tag.startsWith(tagPrefix) ? `!!${tag.slice(tagPrefix.length)}` : tag;
  return `the tag ${shown} has no meaning here; remove it, or put quotes around the value if it is text`;
}

function checkTag(text: string, name: 'null' | 'bool' | 'int' | 'float'): ResolvedScalar {
  const resolved = resolvePlain(text);
  if (!resolved.ok) return resolved;
  const { value } = resolved;
  const isInteger =
    typeof value === 'bigint' || (typeof value === 'number' && /^[-+]?0[xX]|^[^.eE]+$/.test(text));
  const fits = {
    null: value === null,
    bool: typeof value === 'boolean',
    int: isInteger,
    float: typeof value === 'number' || typeof value === 'bigint',
  }[name];
  if (!fits)
    return {
      ok: false,
      code: 'BadTagValue',
      message: `"${clip(text)}" is no !!${name}; correct the value or remove the tag`,
    };
  return { ok: true, value: name === 'float' ? Number(value) : value };
}

function decodeBinary(text: string): ResolvedScalar {
  const compact = text.replaceAll(/[\s]/g, '');
  const bad = { ok: false, code: 'BadTagValue' } as const;
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(compact))
    return { ...bad, message: 'the value after !!binary is not base64' };
  try {
    const bytes = Uint8Array.from(atob(compact), (character) => character.charCodeAt(0));
    return { ok: true, value: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return {
      ...bad,
      message:
        'the bytes after !!binary are not UTF-8 text, which JSON needs; keep the base64 as text instead',
    };
  }
}

function readNumber(text: string): number | bigint | undefined {
  if (text.startsWith('.')) return dotFloat.test(text) ? Number(text) : undefined;
  if (!/^[-+0-9]/.test(text)) return undefined;
  const digits = text.replaceAll('_', '');
  const integer = readInteger(digits);
  if (integer !== undefined) return narrow(integer);
  if (!float.test(digits)) return undefined;
  const value = Number(digits);
  return Number.isFinite(value) ? value : undefined;
}

const [lowest, highest, highestUnsigned] = [-(2n ** 63n), 2n ** 63n - 1n, 2n ** 64n - 1n];

/** An integer of 64 bits in any base; a wider one is left to the float rule, as Go's parser does. */
function readInteger(digits: string): bigint | undefined {
  const match = goInteger.exec(digits);
  // No 64-bit integer has more digits than this, leading zeros of an octal aside.
  if (match === null || digits.length > 100) return undefined;
  const [, sign = '', hex, binary, octal, decimal] = match;
  const size = BigInt(
    hex !== undefined
      ? `0x${hex}`
      : binary !== undefined
        ? `0b${binary}`
        : octal !== undefined
          ? `0o${octal}`
          : (decimal ?? '0'),
  );
  const value = sign === '-' ? -size : size;
  if (value >= lowest && value <= highest) return value;
  return sign === '' && value <= highestUnsigned ? value : undefined;
}

function narrow(value: bigint): number | bigint {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(value)
    : value;
}

function clip(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
