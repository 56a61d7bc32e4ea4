import type { Severity } from '../../analyze/finding.ts';
import type { Place } from '../../api/place.ts';
import type { Tree } from '../../step-types/sluice/tree.ts';
import type { SourceDocument } from '../../yaml/source-document.ts';

/** Which objects an analyzer judges. */
export interface Selection {
  readonly apiVersion: string;
  readonly kind: string;
  /** `*` stands for any characters. */
  readonly namespace?: string;
  /** Label selector text. */
  readonly labelSelector?: string;
}

interface Common {
  /** Its findings have the id `custom/NAME`. */
  readonly name: string;
  readonly selects: readonly Selection[];
}

/** Finds the objects for which a CUE condition holds. */
export interface RuleAnalyzer extends Common {
  readonly how: 'rule';
  readonly when: string;
  /** Of the first character of `when`. */
  readonly place: (line: number, column: number) => Place;
  readonly severity: Severity;
  readonly text: Tree;
  readonly fix: Tree;
  readonly fieldPath?: string;
  readonly document: SourceDocument;
}

/** Has a program of the user's judge the objects, over HTTP. */
export interface HttpAnalyzer extends Common {
  readonly how: 'http';
  readonly url: string;
  readonly timeoutMs: number;
  readonly headers: Readonly<Record<string, string>>;
}

export type CustomAnalyzer = RuleAnalyzer | HttpAnalyzer;

export function idOf({ name }: Pick<CustomAnalyzer, 'name'>): string {
  return `custom/${name}`;
}
