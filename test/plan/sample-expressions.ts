import type { ExpressionEngine, Parsed, Reference } from '../../src/expr/expression.ts';

/** Finds references well enough for these tests; the real engine has tests of its own. */
export function sampleExpressions(): Pick<ExpressionEngine, 'parse'> & { readonly parsed: string[] } {
  const parsed: string[] = [];
  return {
    parsed,
    parse(text) {
      parsed.push(text);
      return Promise.resolve(parse(text));
    },
  };
}

function parse(text: string): Parsed {
  const bad = /[)\]]\s*$|&&\s*$|>\s*$/.exec(text);
  if (bad !== null && !isBalanced(text)) {
    const before = text.slice(0, bad.index);
    const line = before.split('\n').length;
    const column = bad.index - before.lastIndexOf('\n');
    return {
      ok: false,
      faults: [{ kind: 'syntax', message: 'expected operand', at: { source: 'if', line, column } }],
    };
  }
  const imports = [...text.matchAll(/^import "([^"]+)"$/gm)].map(([, path]) => path ?? '');
  const code = text.replaceAll(/^import "[^"]+"$/gm, (line) => ' '.repeat(line.length));
  return { ok: true, imports, references: [...referencesOf(code)] };
}

function isBalanced(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if ('(['.includes(character)) depth++;
    if (')]'.includes(character) && --depth < 0) return false;
  }
  return depth === 0 && !/(?:&&|>)\s*$/.test(text);
}

function* referencesOf(code: string): Generator<Reference> {
  const token = /"(?:[^"\\]|\\.)*"|[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*|\["(?:[^"\\]|\\.)*"\]|\[\d+\])*/g;
  for (const match of code.matchAll(token)) {
    if (match[0].startsWith('"')) continue;
    const segments = [...match[0].matchAll(/[A-Za-z_$][\w$]*|"((?:[^"\\]|\\.)*)"|\d+/g)].map(
      ([whole, quoted]) => quoted ?? whole,
    );
    const before = code.slice(0, match.index);
    yield { segments, line: before.split('\n').length, column: match.index - before.lastIndexOf('\n') };
  }
}
