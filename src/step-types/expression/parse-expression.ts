import { convertNode, Refusal } from './convert-node.ts';
import type { Expr } from './expr.ts';

/** The parser of the jsonata package, handed in so that it is loaded only where there is something to parse. */
export interface JsonataParser {
  /** The syntax tree. Throws whatever jsonata throws. */
  parse(text: string): unknown;
}

export type ParsedExpression =
  | { readonly ok: true; readonly expr: Expr }
  /** `at` counts characters from 0. */
  | { readonly ok: false; readonly message: string; readonly at: number; readonly suggestion?: string };

const maxLength = 2000;
/** jsonata copies the left side of each of these, so that nesting them doubles its work every time. */
const maxDefaults = 6;

/** Loads jsonata: about 15 ms. */
export async function loadParser(): Promise<JsonataParser> {
  const { default: jsonata } = await import('jsonata');
  return { parse: (text) => jsonata(text).ast() };
}

/**
 * Parses an expression and refuses every construct that is not listed. jsonata serves as the parser alone: its evaluator
 * takes a missing field for a value, cannot be stopped inside a regular expression, and is asynchronous; ours is strict,
 * bounded and takes microseconds, because the listed constructs are few.
 */
export function parseExpression(text: string, parser: JsonataParser): ParsedExpression {
  if (text.length > maxLength) {
    return { ok: false, at: 0, message: `the expression is longer than ${maxLength} characters` };
  }
  const defaults = text.match(/\?[?:]/g)?.length ?? 0;
  if (defaults > maxDefaults) {
    const message = `more than ${maxDefaults} times ?? in one expression; split it with entries that have a value:`;
    return { ok: false, at: 0, message };
  }
  let tree: unknown;
  try {
    tree = parser.parse(text);
  } catch (error) {
    return { ok: false, ...syntaxFault(error, text) };
  }
  try {
    return { ok: true, expr: convertNode(tree, text) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { message, at, suggestion } = error;
    return { ok: false, message, at, ...(suggestion === undefined ? {} : { suggestion }) };
  }
}

function syntaxFault(error: unknown, text: string): { readonly message: string; readonly at: number } {
  const { code, position, message } = error as { code?: unknown; position?: unknown; message?: unknown };
  if (code === 'S0207') return { message: 'the expression ends too early', at: text.length };
  const at = typeof position === 'number' ? Math.min(Math.max(0, position - 1), text.length) : 0;
  if (typeof code === 'string' && typeof message === 'string') {
    return { message: message.charAt(0).toLowerCase() + message.slice(1), at };
  }
  // A stack that overflows, or a fault of the parser itself on text that no one would write.
  return { message: 'the expression cannot be parsed', at: 0 };
}
