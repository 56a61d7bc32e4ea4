/** Deeper than any real object; code that walks a value by recursion is safe below it. */
export const depthLimit = 200;

/** Whether JSON text nests deeper than `limit`. Looks at brackets outside strings only, in one pass without recursion. */
export function isTooDeep(text: string, limit: number = depthLimit): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const char = text[index];
    if (inString) {
      if (char === '\\') index++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{' || char === '[') {
      depth++;
      if (depth > limit) return true;
    } else if (char === '}' || char === ']') depth--;
  }
  return false;
}

/** Parses JSON that may be hostile; undefined when it is no JSON or nests too deep. */
export function parseBounded(text: string): unknown {
  if (isTooDeep(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
