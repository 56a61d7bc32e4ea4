import { formatFieldPath } from '../../api/field-path.ts';
import type { Place } from '../../api/place.ts';
import { lookUp } from '../../api/field-path.ts';
import type { ExprFault } from '../../expr/expression.ts';
import type { FieldPath, SourceDocument } from '../../yaml/source-document.ts';
import { EvaluationFault } from '../expression/evaluation-fault.ts';
import type { ParameterFault } from '../step-type.ts';
import { TreeFault } from './evaluate-tree.ts';

/** The place of the character at `offset` (from 0) of the string at `path`. */
export function placeInText(document: SourceDocument, path: FieldPath, offset: number): Place {
  const text = lookUp(document.value, path);
  if (typeof text !== 'string') return document.locate(path);
  const before = text.slice(0, offset).split('\n');
  return document.locateInScalar(path, before.length, (before.at(-1)?.length ?? 0) + 1);
}

const kinds = { 'no-value': 'incomplete', wrong: 'evaluation', runaway: 'runaway' } as const;

/** What was thrown, with its place in the step type's file. Anything but a fault of an evaluation is thrown on. */
export function exprFault(error: unknown, document: SourceDocument): ExprFault {
  if (error instanceof EvaluationFault) return { kind: kinds[error.kind], message: error.message };
  if (!(error instanceof TreeFault)) throw error;
  const { fault, placed } = error;
  const { file, line, column } = placeInText(document, placed.path, placed.offset + fault.at);
  return {
    kind: kinds[fault.kind],
    path: placed.what,
    message: fault.message,
    at: { source: file, line, column },
  };
}

export function parameterFault({ path, message, suggestion }: ParameterFault): ExprFault {
  return {
    kind: 'parameter',
    path: formatFieldPath(path),
    message,
    ...(suggestion === undefined ? {} : { hint: `did you mean ${suggestion}?` }),
  };
}
