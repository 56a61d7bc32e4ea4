/** A piece of a string in a step type: text as it stands, or the expression of a `${ … }`. */
type TextPart =
  | { readonly kind: 'text'; readonly text: string }
  /** `offset` counts characters from 0 to the expression's first one. */
  | { readonly kind: 'expression'; readonly text: string; readonly offset: number };

export type SplitText =
  | { readonly ok: true; readonly parts: readonly TextPart[] }
  | { readonly ok: false; readonly message: string; readonly offset: number };

/** Splits a string at its `${ … }`. `$${` stands for the characters `${`. */
export function splitText(source: string): SplitText {
  const parts: TextPart[] = [];
  let text = '';
  let index = 0;
  while (index < source.length) {
    const start = source.indexOf('${', index);
    if (start === -1) {
      text += source.slice(index);
      break;
    }
    if (start > index && source[start - 1] === '$') {
      text += `${source.slice(index, start - 1)}\${`;
      index = start + 2;
      continue;
    }
    text += source.slice(index, start);
    const end = endOfExpression(source, start + 2);
    if (end === undefined) return { ok: false, message: 'a ${ is not closed by }', offset: start };
    if (text !== '') parts.push({ kind: 'text', text });
    text = '';
    parts.push({ kind: 'expression', text: source.slice(start + 2, end), offset: start + 2 });
    index = end + 1;
  }
  if (text !== '' || parts.length === 0) parts.push({ kind: 'text', text });
  return { ok: true, parts };
}

/** Where the closing brace stands: braces count, unless they stand in strings, quoted names or comments. */
function endOfExpression(source: string, from: number): number | undefined {
  let depth = 0;
  for (let index = from; index < source.length; index++) {
    const char = source[index];
    if (char === '{') depth++;
    else if (char === '}' && depth-- === 0) return index;
    else if (char === '"' || char === "'" || char === '`') {
      const end = endOfQuoted(source, index);
      if (end === undefined) return undefined;
      index = end;
    } else if (char === '/' && source[index + 1] === '*') {
      const end = source.indexOf('*/', index + 2);
      if (end === -1) return undefined;
      index = end + 1;
    }
  }
  return undefined;
}

function endOfQuoted(source: string, start: number): number | undefined {
  const quote = source[start];
  for (let index = start + 1; index < source.length; index++) {
    if (source[index] === '\\' && quote !== '`') index++;
    else if (source[index] === quote) return index;
  }
  return undefined;
}
