import { isObject, type Json } from '../../api/json.ts';
import type { SteeringStatus } from './outside-change.ts';

/** Reads the steering fields of a status that anyone may have written; what is not there counts as not set. */
export function readSteering(status: Json | undefined): SteeringStatus {
  const fields = isObject(status) ? status : {};
  return {
    suspend: fields['suspend'] === true,
    terminated: fields['terminated'] === true,
    finished: fields['finished'] === true,
    steps: readSteps(fields['steps']),
  };
}

function readSteps(steps: Json | undefined): SteeringStatus['steps'] {
  if (!Array.isArray(steps)) return [];
  return steps.filter(isObject).map((step) => ({
    name: typeof step['name'] === 'string' ? step['name'] : '',
    phase: typeof step['phase'] === 'string' ? step['phase'] : '',
    reason: typeof step['reason'] === 'string' ? step['reason'] : '',
    subSteps: readSteps(step['subSteps']),
  }));
}
