import type { StepTypeSource } from '../step-type.ts';

/** The text of a Package, a document of YAML or JSON. */
export interface PackageSource extends Pick<StepTypeSource, 'origin' | 'file' | 'text'> {
  /** Its `metadata.name`. */
  readonly name: string;
}
