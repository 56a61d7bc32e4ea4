import { messageOf, SluiceError } from '../../api/errors.ts';
import { isObject, parseJson, type Json } from '../../api/json.ts';
import type { RunState } from '../../engine/state.ts';
import type { Plan } from '../../plan/plan.ts';
import type { RunRecord } from '../../store/cluster/run-record.ts';

const readableSchema = 1;

/** The state in the text that `record` is about. Throws SluiceError `terminal`: a newer version wrote it, or it is not this plan's. */
export function readRunState(text: string, record: RunRecord, plan: Plan): RunState {
  let state: Json;
  try {
    state = parseJson(text);
  } catch (error) {
    throw damaged(messageOf(error));
  }
  if (!isObject(state) || !isObject(state['steps']) || typeof state['schema'] !== 'number')
    throw damaged('it is no state of a run');
  if (state['schema'] > readableSchema || record.schema > readableSchema) {
    throw new SluiceError('terminal', 'StateTooNew', 'the run was written by a newer version of sluice', {
      hint: 'run that version of the controller, or delete the run',
    });
  }
  const { steps } = state;
  const absent = plan.steps.find(({ path }) => !Object.hasOwn(steps, path));
  if (absent !== undefined) throw damaged(`it has no step ${absent.path}`);
  return state as unknown as RunState;
}

/** Someone changed what only the controller may change. */
export function damaged(why: string): SluiceError {
  return new SluiceError('terminal', 'RecordDamaged', `status.sluice of the run cannot be read: ${why}`, {
    hint: 'empty the status to start the run again, or delete the run',
  });
}
