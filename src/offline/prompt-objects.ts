import type { Json } from '../api/json.ts';
import type { KubeObject } from '../api/kube-object.ts';
import { isObject } from '../api/json.ts';
import { parseBounded } from './json-depth.ts';

export interface PromptParts {
  /** The prompt without the data: only this says what is asked, so that no annotation of an object can. */
  readonly instructions: string;
  readonly objects: readonly KubeObject[];
  /** There were more objects than are looked at. */
  readonly isCut: boolean;
}

const objectLimit = 50;
const spanAttempts = 16;

/** Finds the Kubernetes objects in a prompt: between `---` lines as the chat-gpt step type writes it, or any JSON in the text. */
export function splitPrompt(prompt: string): PromptParts {
  const block = delimited(prompt);
  if (block !== undefined) {
    const values = parseValues(block.inner);
    const objects = values.flatMap((value) => objectsIn(value));
    return { instructions: block.outer, ...limited(objects) };
  }
  const { spans, rest } = jsonSpans(prompt);
  const objects = spans.flatMap((span) => objectsIn(span));
  return { instructions: rest, ...limited(objects) };
}

function limited(objects: readonly KubeObject[]): Pick<PromptParts, 'objects' | 'isCut'> {
  return { objects: objects.slice(0, objectLimit), isCut: objects.length > objectLimit };
}

/** What stands between the first and the last line that is `---`. */
function delimited(prompt: string): { readonly inner: string; readonly outer: string } | undefined {
  const lines = prompt.split('\n');
  const first = lines.findIndex(isDelimiter);
  const last = lines.findLastIndex(isDelimiter);
  if (first < 0 || first === last) return undefined;
  return {
    inner: lines.slice(first + 1, last).join('\n'),
    outer: [...lines.slice(0, first), ...lines.slice(last + 1)].join('\n'),
  };
}

function isDelimiter(line: string): boolean {
  return line.trim() === '---';
}

function parseValues(text: string): readonly unknown[] {
  const whole = parseBounded(text);
  return whole === undefined ? jsonSpans(text).spans : [whole];
}

/** Objects of JSON that stand in running text. A brace that opens no JSON is passed over, a bounded number of times. */
function jsonSpans(text: string): { readonly spans: readonly unknown[]; readonly rest: string } {
  const spans: unknown[] = [];
  let rest = '';
  let from = 0;
  let attempts = 0;
  for (
    let at = text.indexOf('{');
    at >= 0 && attempts < spanAttempts;
    at = text.indexOf('{', Math.max(at + 1, from))
  ) {
    const end = endOfObject(text, at);
    const value = end === undefined ? undefined : parseBounded(text.slice(at, end));
    if (end === undefined || value === undefined) {
      attempts++;
      continue;
    }
    spans.push(value);
    rest += `${text.slice(from, at)} `;
    from = end;
  }
  return { spans, rest: rest + text.slice(from) };
}

function endOfObject(text: string, start: number): number | undefined {
  let depth = 0;
  let inString = false;
  for (let index = start; index < text.length; index++) {
    const char = text[index];
    if (inString) {
      if (char === '\\') index++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{') depth++;
    else if (char === '}' && --depth === 0) return index + 1;
  }
  return undefined;
}

/** The Kubernetes objects of a value: itself, its items if it is a list, or what a wrapper (`{value: …}`) holds. */
function objectsIn(value: unknown, depth: number = 0): readonly KubeObject[] {
  if (depth > 5) return [];
  if (typeof value === 'string') {
    const inner = /^\s*[[{"]/.test(value) ? parseBounded(value) : undefined;
    return inner === undefined ? [] : objectsIn(inner, depth + 1);
  }
  if (Array.isArray(value))
    return value.slice(0, objectLimit + 1).flatMap((item) => objectsIn(item, depth + 1));
  if (!isObject(value)) return [];
  const { apiVersion, kind } = value;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') {
    return Object.values(value)
      .slice(0, objectLimit)
      .filter((item) => typeof item === 'object')
      .flatMap((item) => objectsIn(item, depth + 1));
  }
  const items = value['items'];
  if (kind.endsWith('List') && Array.isArray(items)) {
    return (items as readonly Json[])
      .slice(0, objectLimit + 1)
      .flatMap((item) => objectsIn(typed(item, apiVersion, kind), depth + 1));
  }
  return [{ ...value, apiVersion, kind, metadata: isObject(value['metadata']) ? value['metadata'] : {} }];
}

/** Items of a typed list (`DeploymentList`) do not name their kind. */
function typed(item: Json, apiVersion: string, listKind: string): Json {
  if (!isObject(item) || typeof item['kind'] === 'string' || listKind === 'List') return item;
  return { apiVersion, kind: listKind.slice(0, -'List'.length), ...item };
}
