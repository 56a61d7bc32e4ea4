const looksLikeYaml = /^(?:[ \t]*-[ \t]+)?["']?[\w./-]{1,100}["']?:(?:[ \t]|$)/m;
const looksLikeJson = /^\s*[[{]/;

/**
 * A YAML or JSON document without its comments, line by line, so that lines keep their numbers; any other text as it is.
 * Comments are for people, and a place to address whoever judges the document.
 */
export function stripComments(text: string): string {
  if (looksLikeJson.test(text)) return withoutJsonComments(text);
  return looksLikeYaml.test(text) ? text.split('\n').map(withoutYamlComment).join('\n') : text;
}

/** A `#` at the start of a line or after a blank, outside of quotes. The first line of a script (`#!`) is none. */
function withoutYamlComment(line: string): string {
  let quote = '';
  for (let index = 0; index < line.length; index += 1) {
    const sign = line[index] ?? '';
    if (quote === '"' && sign === '\\') index += 1;
    else if (quote !== '') quote = sign === quote ? '' : quote;
    else if ((sign === '"' || sign === "'") && opensScalar(line, index)) quote = sign;
    else if (sign === '#' && isBlank(line[index - 1]) && line[index + 1] !== '!')
      return line.slice(0, index).trimEnd();
  }
  return line;
}

/** An apostrophe inside a word (`don't`) opens nothing. */
function opensScalar(line: string, index: number): boolean {
  return /[\s:,[{(-]/.test(line[index - 1] ?? ' ');
}

function isBlank(sign: string | undefined): boolean {
  return sign === undefined || sign === ' ' || sign === '\t';
}

/** Line and block comments, as editors and some tools allow them in JSON. */
function withoutJsonComments(text: string): string {
  return text.replaceAll(/"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)/g, (found) =>
    found.startsWith('"') ? found : found.replaceAll(/[^\n]/g, ''),
  );
}
