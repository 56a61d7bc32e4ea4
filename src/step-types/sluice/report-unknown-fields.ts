import type { JsonObject } from '../../api/json.ts';
import type { FieldPath } from '../../yaml/source-document.ts';
import { nearest } from '../nearest.ts';
import type { FaultReport } from './fault-report.ts';

/** Reports each field of an object, which stands at `path`, that is none of `known`. `say` completes the text `unknown field "x"`. */
export function reportUnknownFields(
  object: JsonObject,
  known: readonly string[],
  path: FieldPath,
  report: FaultReport,
  say: (text: string) => string,
): void {
  for (const key of Object.keys(object)) {
    if (known.includes(key)) continue;
    report({
      code: 'UnknownField',
      path: [...path, key],
      isKey: true,
      message: say(`unknown field "${key.slice(0, 60)}"`),
      suggestion: nearest(key, known),
    });
  }
}
