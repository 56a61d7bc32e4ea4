import { formatFieldPath } from '../../api/field-path.ts';

/** One thing that is wrong with a policy. */
export interface PolicyFault {
  /** Field path such as `objectives[2].samples.failureLimit`; '' is the policy itself. */
  readonly path: string;
  /** Stable PascalCase name. */
  readonly code: string;
  readonly message: string;
}

export type Path = readonly (string | number)[];
/** Whether something that is known only when the gate runs will stand at a path, under it, or over it. */
export type IsFilled = (path: Path) => boolean;
export type AddFault = (path: Path, code: string, message: string) => void;

export function policyFault(path: Path, code: string, message: string): PolicyFault {
  return { path: formatFieldPath(path), code, message };
}
