import type { JsonObject } from '../../../api/json.ts';
import { numberAt, textAt } from '../../../analyze/json-fields.ts';
import type { Procedure, Variables } from '../procedure.ts';
import { labelsOf, podParameters, podTemplate } from '../secure-pod.ts';
import { named, networkPolicy } from '../surroundings.ts';

export const job: Procedure = {
  name: 'job',
  description: 'a program that runs once to its end: Job, NetworkPolicy',
  words: ['job', 'one-off job', 'batch job', 'one-off task', 'migration job'],
  required: ['name', 'image'],
  optional: ['deadline', ...podParameters],
  make(variables, namespace) {
    const place = { name: textAt(variables, 'name'), namespace };
    return [networkPolicy(place, variables), named(place, 'batch/v1', 'Job', { spec: jobSpec(variables) })];
  },
};

export const cronJob: Procedure = {
  name: 'cron-job',
  description: 'a program that runs at given times: CronJob, NetworkPolicy',
  words: [
    'cron job',
    'cronjob',
    'scheduled job',
    'scheduled task',
    'periodic job',
    'recurring job',
    'nightly job',
    'hourly job',
    'daily job',
    'weekly job',
    'nightly task',
  ],
  required: ['name', 'image', 'schedule'],
  optional: ['timeZone', 'deadline', ...podParameters],
  make(variables, namespace) {
    const place = { name: textAt(variables, 'name'), namespace };
    const spec = {
      schedule: textAt(variables, 'schedule'),
      timeZone: textAt(variables, 'timeZone'),
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 300,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 3,
      jobTemplate: { metadata: { labels: labelsOf(place.name) }, spec: jobSpec(variables) },
    };
    return [networkPolicy(place, variables), named(place, 'batch/v1', 'CronJob', { spec })];
  },
};

function jobSpec(variables: Variables): JsonObject {
  return {
    backoffLimit: 3,
    activeDeadlineSeconds: numberAt(variables, 'deadline') ?? 0,
    // A day to read its log.
    ttlSecondsAfterFinished: 86_400,
    template: podTemplate(textAt(variables, 'name'), variables, { hasProbes: false, restartPolicy: 'Never' }),
  };
}
