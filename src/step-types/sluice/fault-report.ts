import type { FieldPath } from '../../yaml/source-document.ts';
import type { StepTypeFaultCode } from '../step-type-fault-codes.ts';

interface ReportedFault {
  readonly code: StepTypeFaultCode;
  readonly severity?: 'error' | 'warning';
  /** In the definition's document. */
  readonly path: FieldPath;
  /** Characters from 0 into the string at `path`. */
  readonly offset?: number;
  /** The fault is the name of the field, not its value. */
  readonly isKey?: boolean;
  readonly message: string;
  readonly suggestion?: string | undefined;
}

export type FaultReport = (fault: ReportedFault) => void;
