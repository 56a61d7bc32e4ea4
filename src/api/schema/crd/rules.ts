import type { JsonObject } from '../../json.ts';

/*
 * Rules in CEL. That no two steps have one name is left to the plan: comparing each with each blows the cost budget of an
 * API server above some 300 steps.
 */

/** For the object that has `steps`. Each list by itself may have 1,000 items; this counts them together. */
export const stepCountRule: JsonObject = {
  rule: '!has(self.steps) || size(self.steps) + self.steps.map(step, has(step.subSteps) ? size(step.subSteps) : 0).sum() <= 1000',
  message: 'a workflow has at most 1,000 steps and subSteps together',
};

/** For `spec` of a run. */
export const specSourceRule: JsonObject = {
  rule: "has(self.workflowSpec) || (has(self.workflowRef) && self.workflowRef != '')",
  message: 'a run needs workflowSpec or workflowRef',
};

/** For the root of a run, where the old status is seen beside the new spec. */
export const unfinishedSpecRule: JsonObject = {
  rule: '!has(oldSelf.status) || !has(oldSelf.status.finished) || oldSelf.status.finished || self.spec == oldSelf.spec',
  message: 'the spec of a run that has not finished is fixed; terminate the run first, or make another one',
  fieldPath: '.spec',
};
