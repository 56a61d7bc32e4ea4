import type { StepView } from '../../engine/view.ts';

/** What stands above the first step of each section of handlers; undefined above any other step. */
export function sectionHeading(step: StepView, before: StepView | undefined): string | undefined {
  if (step.section === before?.section) return undefined;
  return step.section === 'onFailure' ? 'on failure' : step.section;
}
