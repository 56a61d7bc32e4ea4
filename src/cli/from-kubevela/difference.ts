import type { Fault } from '../../api/fault.ts';
import type { Place } from '../../api/place.ts';
import { differenceCodes, type DifferenceCode } from './difference-codes.ts';

/** A fault that says what is otherwise than with KubeVela; `about` names the thing, or is the fault that vet found. */
export function difference(
  code: DifferenceCode,
  place: Place,
  severity: Fault['severity'],
  about: string,
): Fault {
  const { there, here, advice } = differenceCodes[code];
  const { file, line, column, path } = place;
  const message = `${about}. With KubeVela: ${there}. Here: ${here}`;
  return { file, line, column, path, code, severity, message, suggestion: advice };
}
