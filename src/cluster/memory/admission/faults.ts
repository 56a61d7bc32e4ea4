import { stringifyJson, type Json } from '../../../api/json.ts';

// The wording is the API server's, so that what people know from kubectl they find here.

export function required(path: string, detail: string = ''): string {
  return `${path}: Required value${detail === '' ? '' : `: ${detail}`}`;
}

export function invalid(path: string, value: Json, detail: string): string {
  return `${path}: Invalid value: ${stringifyJson(value)}: ${detail}`;
}

export function unsupported(path: string, value: Json, supported: readonly string[]): string {
  return `${path}: Unsupported value: ${stringifyJson(value)}: supported values: ${supported.map((each) => `"${each}"`).join(', ')}`;
}

export function duplicate(path: string, value: Json): string {
  return `${path}: Duplicate value: ${stringifyJson(value)}`;
}

export function missing(path: string, value: Json): string {
  return `${path}: Not found: ${stringifyJson(value)}`;
}

export function forbidden(path: string, detail: string): string {
  return `${path}: Forbidden: ${detail}`;
}
