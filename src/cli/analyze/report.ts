import type { Analysis } from '../../analyze/cluster/analyze-cluster.ts';
import type { Selection } from './accepted.ts';
import type { Explanations } from './explain/explanation.ts';
import type { FieldDocs } from './field-docs.ts';
import type { FindingPlaces } from './finding-places.ts';

/** What there is to print of one look: `analysis` holds only what is neither exempted nor known. */
export interface AnalysisReport extends Omit<Selection, 'shown'> {
  readonly analysis: Analysis;
  readonly placeOf: FindingPlaces;
  /** Absent without `--with-doc`. */
  readonly docs?: FieldDocs;
  /** Absent without `--explain`. */
  readonly explanations?: Explanations;
}
