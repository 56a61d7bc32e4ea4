import { isPlain } from './plain-expression.ts';

const field =
  /\b(?:if|valueFrom)["']?\s*:[ \t]*(?:'(?<single>[^'\n]*)'|"(?<double>(?:[^"\\\n]|\\.)*)"|(?<bare>[^,}#\n]*))/g;

/**
 * Whether a text in YAML or JSON probably holds expressions that only CUE can evaluate: to start it ahead of its first use.
 * A guess is enough; what is wrong with it costs time, nothing else.
 */
export function mentionsCue(text: string): boolean {
  for (const { groups = {} } of text.matchAll(field)) {
    const { single, double, bare } = groups;
    const written = (single ?? double?.replaceAll('\\"', '"') ?? bare ?? '').trim();
    if (written !== 'always' && !isPlain(written)) return true;
  }
  return false;
}
