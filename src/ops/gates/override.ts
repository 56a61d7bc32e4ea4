import type { Op } from '../op.ts';
import { outcomeOfError, terminal } from '../outcome.ts';
import { textParam } from '../param-values.ts';
import { verdictOutcome, verdictResult } from './record-verdict.ts';

export const override: Op = {
  name: 'override',
  cue: [],
  description:
    'The verdict of this step as it stands now: opened, where a person has done so with `sluice gate override` since it was given.',
  params: {
    type: 'object',
    required: ['id'],
    properties: { id: { type: 'string', minLength: 1, description: 'The `id` that came with the verdict.' } },
    additionalProperties: false,
  },
  result: verdictResult,
  needs: 'nothing',
  onUnknown: () => 'retry',
  pure: true,
  givesVerdict: true,
  async perform(params, context) {
    const id = textParam(params, 'id', '');
    try {
      const stored = await context.verdicts.get(context.run.namespace, id);
      // A verdict of another gate, or of another run, is none of this step's business.
      const isOwn = stored?.run === context.run.name && stored.step === context.step.path;
      if (stored === undefined || !isOwn)
        return terminal(`this step has given no verdict "${id.slice(0, 80)}"`);
      return verdictOutcome(id, stored.verdict);
    } catch (error) {
      return outcomeOfError(error, 'override');
    }
  },
};
