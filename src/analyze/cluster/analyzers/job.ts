import { conditionOf } from '../../diagnosis/pod-view.ts';
import { flagAt, numberAt, textAt } from '../../json-fields.ts';
import type { Analyzer, Problem } from '../analyzer.ts';
import type { Look } from '../look.ts';

export const job: Analyzer = {
  name: 'Job',
  judges: ['Job'],
  reads: ['Event', 'Pod'],
  check: (look) => {
    if (flagAt(look.object, 'spec', 'suspend') === true) return [suspended(look)];
    const isTrue = (type: string): boolean => textAt(conditionOf(look.object, type), 'status') === 'True';
    const failed = numberAt(look.object, 'status', 'failed') ?? 0;
    if (failed === 0 || isTrue('Complete') || isTrue('SuccessCriteriaMet')) return [];
    return [isTrue('Failed') ? ended(look, failed) : retrying(look, failed)];
  },
};

function suspended(look: Look): Problem {
  return {
    id: 'JobSuspended',
    severity: 'low',
    fieldPath: 'spec.suspend',
    text: 'The Job is suspended: it starts no Pods.',
    fix: 'Set spec.suspend to false when it should run.',
    k8sgpt: { text: `Job ${look.name} is suspended` },
  };
}

function ended(look: Look, failed: number): Problem {
  const event = look.events().findLast(({ reason }) => reason === 'BackoffLimitExceeded');
  const message = look.quote(textAt(conditionOf(look.object, 'Failed'), 'message'));
  return {
    id: 'JobFailed',
    severity: 'high',
    text: `The Job has failed after ${failed} failed Pods${message === '' ? '.' : `: ${message}`}`,
    fix: 'Read the logs of its Pods, then make the Job anew.',
    evidence: event === undefined ? [] : [look.evidence(event)],
    k8sgpt: { text: event === undefined ? `Job ${look.name} has failed` : look.quote(event.message) },
  };
}

function retrying(look: Look, failed: number): Problem {
  return {
    id: 'JobPodsFailing',
    severity: 'medium',
    text: `${failed} Pods of the Job have failed; it is still trying.`,
    fix: 'Read the logs of the Pods that failed.',
    k8sgpt: { text: `Job ${look.name} has failed` },
  };
}
