import { isObject, type Json } from './json.ts';

/**
 * Segments of a dotted path such as `prompt.content`, `list[3].name` or `labels["my-key"]`: keys as strings, indices as
 * numbers. Undefined when the text is no path. A key may hold any character but `.`, `[`, `]` and quotes.
 */
export function parseFieldPath(text: string): readonly (string | number)[] | undefined {
  const segments: (string | number)[] = [];
  const token = /(?:^|\.)(?:([^.[\]"'\s]+)|"((?:[^"\\]|\\.)*)")|\[(?:(\d{1,6})|"((?:[^"\\]|\\.)*)")\]/y;
  let index = 0;
  while (index < text.length) {
    token.lastIndex = index;
    const match = token.exec(text);
    if (match === null) return undefined;
    const [, key, quoted, position, quotedIndex] = match;
    if (position !== undefined) segments.push(Number(position));
    else segments.push(key ?? unquote(quoted ?? quotedIndex ?? ''));
    index = token.lastIndex;
  }
  return segments.length > 0 && typeof segments[0] === 'string' ? segments : undefined;
}

/** The value at a path; undefined where something on the way is missing. Reads own fields only. */
export function lookUp(root: Json, path: readonly (string | number)[]): Json | undefined {
  let value: Json | undefined = root;
  for (const segment of path) {
    if (typeof segment === 'number')
      value = Array.isArray(value) ? (value[segment] as Json | undefined) : undefined;
    else value = isObject(value) && Object.hasOwn(value, segment) ? value[segment] : undefined;
    if (value === undefined) return undefined;
  }
  return value;
}

/** A copy of `root` with `value` at `path`; objects and lists that are missing are made, a short list is padded with {}. */
export function writeAt(root: Json | undefined, path: readonly (string | number)[], value: Json): Json {
  const [head, ...rest] = path;
  if (head === undefined) return value;
  if (typeof head === 'number') {
    const list: Json[] = Array.isArray(root) ? [...(root as readonly Json[])] : [];
    while (list.length < head) list.push({});
    list[head] = writeAt(list[head], rest, value);
    return list;
  }
  const fields = isObject(root) ? root : {};
  return { ...fields, [head]: writeAt(Object.hasOwn(fields, head) ? fields[head] : undefined, rest, value) };
}

function unquote(body: string): string {
  return body.replaceAll(/\\(.)/g, '$1');
}

/** `steps[2].if`; keys that are no plain word are quoted. */
export function formatFieldPath(path: readonly (string | number)[]): string {
  let text = '';
  for (const segment of path) {
    if (typeof segment === 'number') text += `[${segment}]`;
    else if (/^[\w$-]+$/.test(segment)) text += text === '' ? segment : `.${segment}`;
    else text += `[${JSON.stringify(segment)}]`;
  }
  return text;
}
