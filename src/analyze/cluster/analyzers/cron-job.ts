import { readSchedule } from '../../../cluster/memory/cron-jobs/cron-schedule.ts';
import { flagAt, numberAt, objectsAt, textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { Analyzer, Problem } from '../analyzer.ts';
import type { Look } from '../look.ts';

/** What Kubernetes reads beside five fields and macros, such as `@every 1h30m`. */
const interval = /^@every (?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/;

export const cronJob: Analyzer = {
  name: 'CronJob',
  judges: ['CronJob'],
  reads: ['Event'],
  check: (look) => {
    const problem =
      suspended(look) ?? badSchedule(look) ?? negativeDeadline(look) ?? missedStarts(look) ?? blocked(look);
    return problem === undefined ? [] : [problem];
  },
};

function suspended({ object, name }: Look): Problem | undefined {
  if (flagAt(object, 'spec', 'suspend') !== true) return undefined;
  return {
    id: 'CronJobSuspended',
    severity: 'low',
    fieldPath: 'spec.suspend',
    text: 'The CronJob is suspended: it starts no Jobs.',
    fix: 'Set spec.suspend to false when it should run.',
    k8sgpt: { text: `CronJob ${name} is suspended` },
  };
}

function badSchedule({ object, name }: Look): Problem | undefined {
  const schedule = textAt(object, 'spec', 'schedule');
  const read = interval.test(schedule.trim()) ? undefined : readSchedule(schedule, '');
  if (typeof read !== 'string') return undefined;
  // Without the name of the reader's own part, and without a second full stop.
  const why = quoteText(read, 200).replace(/^Cron[A-Za-z]+: |\.$/g, '');
  return {
    id: 'ScheduleInvalid',
    severity: 'high',
    fieldPath: 'spec.schedule',
    text: `The schedule "${quoteText(schedule, 100)}" cannot be read: ${why}.`,
    fix: 'Write five fields, such as "0 3 * * *", or a macro, such as @daily.',
    k8sgpt: { text: `CronJob ${name} has an invalid schedule: ${why}` },
  };
}

function negativeDeadline({ object, name }: Look): Problem | undefined {
  const deadline = numberAt(object, 'spec', 'startingDeadlineSeconds') ?? 0;
  if (deadline >= 0) return undefined;
  return {
    id: 'StartingDeadlineNegative',
    severity: 'high',
    fieldPath: 'spec.startingDeadlineSeconds',
    text: `startingDeadlineSeconds is ${deadline}: no Job can start in time.`,
    fix: 'Set it to 10 or more, or leave it out.',
    k8sgpt: { text: `CronJob ${name} has a negative starting deadline` },
  };
}

/** Only an event tells that the controller has given up to count them; a later start ends it. */
function missedStarts(look: Look): Problem | undefined {
  const event = look.events().findLast(({ reason }) => reason === 'TooManyMissedTimes');
  const started = Date.parse(textAt(look.object, 'status', 'lastScheduleTime'));
  if (event === undefined || event.lastSeenMs <= started) return undefined;
  return {
    id: event.reason,
    severity: 'high',
    fieldPath: 'spec.startingDeadlineSeconds',
    text: `It has missed more starts than are counted, and starts no Job: ${look.quote(event.message)}`,
    fix: 'Look at a Job of it that does not end, and set startingDeadlineSeconds so that missed starts are let go.',
    evidence: [look.evidence(event)],
  };
}

/** The schedule has come, and a Job of an earlier one runs on. */
function blocked(look: Look): Problem | undefined {
  const jobs = objectsAt(look.object, 'status', 'active').map((job) => quoteText(textAt(job, 'name'), 63));
  const event = look.events().findLast(({ reason }) => reason === 'JobAlreadyActive');
  const started = Date.parse(textAt(look.object, 'status', 'lastScheduleTime'));
  if (jobs.length === 0 || event === undefined || event.lastSeenMs <= started) return undefined;
  return {
    id: 'ScheduleBlocked',
    severity: 'medium',
    fieldPath: 'spec.concurrencyPolicy',
    text: `It starts no Job while ${jobs.slice(0, 3).join(', ')} still runs, and has skipped its time for that.`,
    fix: `See whether the Job hangs; give Jobs an end with activeDeadlineSeconds.`,
    evidence: [look.evidence(event)],
  };
}
