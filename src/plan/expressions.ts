import type { ExpressionEngine, ExprFault, Parsed, Reference } from '../expr/expression.ts';
import type { Place } from '../api/place.ts';
import type { FieldPath } from '../yaml/source-document.ts';
import type { DraftStep } from './draft-step.ts';

/** Parses each distinct text once. */
export class ParsedExpressions {
  readonly #engine: Pick<ExpressionEngine, 'parse'>;
  readonly #parsed = new Map<string, Promise<Parsed>>();

  constructor(engine: Pick<ExpressionEngine, 'parse'>) {
    this.#engine = engine;
  }

  parse(text: string): Promise<Parsed> {
    const known = this.#parsed.get(text);
    if (known !== undefined) return known;
    const parsed = this.#engine.parse(text);
    this.#parsed.set(text, parsed);
    return parsed;
  }
}

/** Names that CUE itself knows in every expression. */
export const cueNames: ReadonlySet<string> = new Set(
  'len close and or div mod quo rem matchN matchIf error true false null _ string bytes bool int uint float number rune uint8 int8 uint16 int16 uint32 int32 uint64 int64 uint128 int128 float32 float64'.split(
    ' ',
  ),
);

/** The place of a reference in the field at `path` of a step. */
export function placeOfReference(
  step: DraftStep,
  path: FieldPath,
  { line, column }: Pick<Reference, 'line' | 'column'>,
): Place {
  const { reader } = step;
  return reader.document.locateInScalar([...reader.path, ...path], line, column);
}

/** Reports why the expression at `path` of a step does not parse. */
export function reportExpressionFaults(
  step: DraftStep,
  path: FieldPath,
  faults: readonly ExprFault[],
  suggestion?: string,
): void {
  for (const fault of faults) {
    const at = placeOfReference(step, path, fault.at ?? { line: 1, column: 1 });
    const name = String(path.at(-1));
    const hint = suggestion ?? fault.hint;
    step.reader.faults.add(
      'BadExpression',
      at,
      `\`${name}\` is not valid CUE: ${fault.message}`,
      hint === undefined ? {} : { suggestion: hint },
    );
  }
}
