import type { YAMLError } from 'yaml';

interface Described {
  readonly message: string;
  readonly suggestion?: string;
}

/** A syntax error of the YAML parser in words that say what to do. */
export function describeSyntaxError(error: YAMLError, text: string): Described {
  const at = error.pos[0];
  const line = lineAt(text, at);
  const code: string = error.code;
  switch (code) {
    case 'TAB_AS_INDENT':
      return {
        message: 'a tab indents this line; YAML allows only spaces',
        suggestion: 'replace the tab with spaces',
      };
    case 'BAD_INDENT':
      if (/^Flow (?:map|sequence)/i.test(error.message)) return unclosed(error.message);
      return {
        message: `the indentation does not fit the lines above (${lowerFirst(error.message)})`,
        suggestion: 'align the line with its siblings, using spaces',
      };
    case 'BLOCK_AS_IMPLICIT_KEY':
      return nestedMapping(line, error.message);
    case 'BAD_SCALAR_START':
      return {
        message: `a plain value cannot start with "${text[at] ?? ''}"`,
        suggestion: 'put quotes around the value',
      };
    case 'BAD_DQ_ESCAPE':
      return {
        message: `${lowerFirst(error.message)}: double quotes know no such escape`,
        suggestion: 'double the backslash, or use single quotes',
      };
    case 'MULTILINE_IMPLICIT_KEY':
      return {
        message: 'this line is neither `key: value` nor part of the value above',
        suggestion: 'add the missing colon, or indent the line under its key',
      };
    case 'KEY_OVER_1024_CHARS':
      return { message: 'a key is longer than 1,024 characters; is a quote or a colon missing before it?' };
    case 'MISSING_CHAR':
      return { message: missingCharacter(error.message) };
    case 'RESOURCE_EXHAUSTION':
      return { message: 'the document is nested too deeply to be read' };
    default:
      return { message: `not valid YAML: ${lowerFirst(clip(error.message))}` };
  }
}

function nestedMapping(line: string, message: string): Described {
  const value = /^\s*(?:- +)*[^\s:]+: +(\S.*)$/.exec(line)?.[1];
  if (value !== undefined && !/:(?: |$)/.test(value)) {
    const suggestion = 'align the next line with the key above it';
    return {
      message: 'the line below is indented as if it belonged to this value, but is a key of its own',
      suggestion,
    };
  }
  if (value === undefined) return { message: `not valid YAML: ${lowerFirst(message)}` };
  return {
    message: 'a second `: ` on this line makes the value a map, which is not allowed here',
    suggestion: `put quotes around the value: ${JSON.stringify(clip(value.trimEnd()))}`,
  };
}

function unclosed(message: string): Described {
  const [open, close] = /^Flow map/i.test(message) ? ['{', '}'] : ['[', ']'];
  return {
    message: `a "${open}" is not closed by "${close}", or its lines are not indented`,
    suggestion: `add "${close}"`,
  };
}

function missingCharacter(message: string): string {
  const quote = /Missing closing (["'])quote/.exec(message)?.[1];
  if (quote !== undefined)
    return `the quote ${quote} that opens here is not closed, or its next line is not indented under its key`;
  if (/implicit keys need to be on a single line|Implicit map keys need/i.test(message))
    return 'this line is no `key: value`; add the colon and a space after the key';
  return `not valid YAML: ${lowerFirst(clip(message))}`;
}

function lineAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', Math.max(0, offset - 1)) + 1;
  const end = text.indexOf('\n', offset);
  return text.slice(start, Math.min(end === -1 ? text.length : end, start + 500));
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

function clip(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
