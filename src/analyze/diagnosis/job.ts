import type { KubeObject } from '../../api/kube-object.ts';
import type { Finding } from '../finding.ts';
import type { Subject } from './subject.ts';
import { flagAt, numberAt, textAt } from '../json-fields.ts';
import { describeObject, nameOf } from '../object-name.ts';
import { commandWord } from '../command-word.ts';
import { conditionOf } from './pod-view.ts';
import { namespaceFlag, runtimeFinding } from './subject.ts';

/** Whether a Job, or the newest Job of a CronJob, failed or does not run. */
export function job(subject: Subject): readonly Finding[] {
  const { object } = subject.state;
  if (!object.apiVersion.startsWith('batch/') || (object.kind !== 'Job' && object.kind !== 'CronJob'))
    return [];
  const suspended = suspension(subject);
  if (suspended !== undefined) return [suspended];
  const newest = newestJob(subject);
  const failed = newest === undefined ? undefined : failure(newest, subject);
  return failed === undefined ? [] : [failed];
}

/** The Job that counts: the object itself, or the newest that the CronJob started. */
export function newestJob(subject: Subject): KubeObject | undefined {
  const { object, owned } = subject.state;
  if (object.kind === 'Job') return object;
  return owned.toSorted((a, b) => (madeAt(a) < madeAt(b) ? 1 : -1))[0];
}

function madeAt(object: KubeObject): string {
  return textAt(object, 'metadata', 'creationTimestamp');
}

function suspension(subject: Subject): Finding | undefined {
  const { object } = subject.state;
  if (flagAt(object, 'spec', 'suspend') !== true) return undefined;
  const name = commandWord(`${object.kind.toLowerCase()}/${nameOf(object)}`);
  return runtimeFinding(subject, 'Suspended', 'medium', {
    fieldPath: 'spec.suspend',
    text: `${object.kind === 'Job' ? 'The Job does not run' : 'The CronJob starts no Jobs'}: spec.suspend is true.`,
    fix: 'Set spec.suspend to false to let it run.',
    commands: [
      `kubectl${namespaceFlag(subject.ref)} patch ${name} --type=merge -p '{"spec":{"suspend":false}}'`,
    ],
  });
}

function failure(failed: KubeObject, subject: Subject): Finding | undefined {
  const condition = conditionOf(failed, 'Failed');
  if (textAt(condition, 'status') !== 'True') return undefined;
  const reason = textAt(condition, 'reason');
  const count = numberAt(failed, 'status', 'failed') ?? 0;
  const pods = `${count} ${count === 1 ? 'Pod' : 'Pods'} failed`;
  const evidence = [
    {
      source: describeObject(failed),
      text: `Failed, ${subject.quote(reason, 60)}: ${subject.quote(textAt(condition, 'message'))}`,
    },
  ];
  const commands = [`kubectl${namespaceFlag(subject.ref)} logs ${commandWord(`job/${nameOf(failed)}`)}`];
  if (reason === 'DeadlineExceeded') {
    const seconds = numberAt(failed, 'spec', 'activeDeadlineSeconds');
    return runtimeFinding(subject, 'JobFailed', 'critical', {
      fieldPath: 'spec.activeDeadlineSeconds',
      text: `The Job was stopped at its deadline${seconds === undefined ? '' : ` of ${seconds} s`} (activeDeadlineSeconds) before it was done.`,
      fix: 'Find out what takes so long, or raise spec.activeDeadlineSeconds, and start it again.',
      evidence,
      commands,
    });
  }
  const limit = numberAt(failed, 'spec', 'backoffLimit') ?? 6;
  return runtimeFinding(subject, 'JobFailed', 'critical', {
    fieldPath: 'spec.backoffLimit',
    text: `The Job has failed for good: ${pods}${reason === 'BackoffLimitExceeded' ? `, and it may be retried ${limit} times (backoffLimit)` : ''}.`,
    fix: 'Correct what its log names, then delete the Job and create it again: a failed Job does not restart.',
    evidence,
    commands,
  });
}
