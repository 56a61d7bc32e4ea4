import { fieldAt, textAt } from '../../json-fields.ts';
import type { WorkloadRule } from '../rule.ts';
import { documented } from '../source.ts';

/** Such a Job is never created, so this counts as broken now and not as badly written. */
export const jobRestartPolicy: WorkloadRule = {
  id: 'JobRestartPolicyInvalid',
  severity: 'critical',
  category: 'runtime',
  reason: 'the API server refuses it: with Always, the default of Pods, a Job would never end',
  source: documented('Jobs: Pod template', 'concepts/workloads/controllers/job/#pod-template'),
  check: ({ kind, podSpec, podPath }) => {
    const policy = textAt(podSpec, 'restartPolicy');
    if ((kind !== 'Job' && kind !== 'CronJob') || policy === 'Never' || policy === 'OnFailure') return [];
    return [
      {
        fieldPath: `${podPath}.restartPolicy`,
        text: `The Pods of a ${kind} need a restart policy of Never or OnFailure, and this has ${policy === 'Always' ? 'Always' : 'none of them'}.`,
        fix: `Set ${podPath}.restartPolicy to Never (a new Pod for each try) or OnFailure.`,
      },
    ];
  },
};

export const cronJobOverlap: WorkloadRule = {
  id: 'CronJobMayOverlap',
  severity: 'low',
  category: 'availability',
  reason: 'slow runs pile up, and two that change the same data do so at once',
  source: documented(
    'CronJob: concurrency policy',
    'concepts/workloads/controllers/cron-jobs/#concurrency-policy',
  ),
  check: ({ kind, object }) => {
    const policy = textAt(object, 'spec', 'concurrencyPolicy');
    if (kind !== 'CronJob' || policy === 'Forbid' || policy === 'Replace') return [];
    return [
      {
        fieldPath: 'spec.concurrencyPolicy',
        text: `A run starts although the one before is not done${policy === '' ? ' (spec.concurrencyPolicy is unset, which means Allow)' : ''}.`,
        fix: 'Set spec.concurrencyPolicy to Forbid, or to Replace if the newest run is the one that counts.',
      },
    ];
  },
};

/** Info: some keep Jobs on purpose, to look at their logs. The Jobs of a CronJob are cleaned up by their number. */
export const jobKept: WorkloadRule = {
  id: 'JobNeverCleanedUp',
  severity: 'info',
  category: 'resources',
  reason: 'finished Jobs and their Pods stay in the API server until someone deletes them',
  source: documented(
    'Automatic cleanup for finished Jobs',
    'concepts/workloads/controllers/ttlafterfinished/',
  ),
  check: ({ kind, object }) => {
    if (kind !== 'Job' || fieldAt(object, 'spec', 'ttlSecondsAfterFinished') !== undefined) return [];
    return [
      {
        fieldPath: 'spec.ttlSecondsAfterFinished',
        text: 'The Job and its Pods are kept when it is done.',
        fix: 'Set spec.ttlSecondsAfterFinished, such as 86400 for a day.',
      },
    ];
  },
};
