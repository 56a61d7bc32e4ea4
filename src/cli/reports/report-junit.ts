import type { StepView } from '../../engine/view.ts';
import { junitText, verdictSuite, type JunitCase, type JunitSuite } from '../../gate/export/junit-text.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import { faultMessage } from '../render/fault-text.ts';
import { allSteps } from '../render/plain-lines.ts';
import { stepDetail } from '../render/step-detail.ts';
import type { Reported, ReportedRun } from './reported.ts';

/**
 * A suite for the files that were checked, one for each run with a case for each step, and one for each gate's verdict. A run
 * that did not pass always has a case that says so.
 */
export function reportJunit({ files, faults, runs, errors }: Reported): string {
  const vet: JunitSuite = { name: 'vet', cases: files.map((file) => fileCase(file, faults)) };
  const broken = errors.map((message, index): JunitCase => {
    return {
      suite: 'sluice',
      name: `error ${index + 1}`,
      end: { kind: 'error', message: cleanLine(message) },
    };
  });
  return junitText([
    vet,
    ...runs.flatMap((run) => [runSuite(run), ...run.verdicts.map(({ verdict }) => verdictSuite(verdict))]),
    ...(broken.length === 0 ? [] : [{ name: 'sluice', cases: broken }]),
  ]);
}

function fileCase(name: string, faults: Reported['faults']): JunitCase {
  const errors = faults.filter(({ file, severity }) => file === name && severity === 'error');
  const [first] = errors;
  if (first === undefined) return { suite: 'vet', name };
  const message = errors
    .map((fault) => `${fault.line}:${fault.column} ${fault.code} ${fault.path}: ${faultMessage(fault)}`)
    .join('; ');
  return { suite: 'vet', name, end: { kind: 'failure', type: first.code, message } };
}

function runSuite({ result, sentence }: ReportedRun): JunitSuite {
  const { view } = result;
  const suite = `${view.namespace}/${view.name}`;
  const steps = allSteps(view.steps).map((step) => stepCase(suite, step, view.unmet));
  const isGood = result.end === 'finished' && view.phase === 'succeeded' && view.unmet.length === 0;
  const isSaid = steps.some(({ end }) => end?.kind === 'failure' || end?.kind === 'error');
  const own: JunitCase = { suite, name: 'workflowrun', end: { kind: 'failure', message: sentence } };
  return {
    name: suite,
    timestamp: new Date(view.startedAtMs).toISOString(),
    ...seconds(view),
    cases: isGood || isSaid ? steps : [own, ...steps],
  };
}

function stepCase(suite: string, step: StepView, unmet: readonly string[]): JunitCase {
  const end = endOf(step, unmet.includes(step.path));
  return { suite, name: step.path, ...seconds(step), ...(end === undefined ? {} : { end }) };
}

function endOf(step: StepView, isUnmet: boolean): JunitCase['end'] {
  const says = stepDetail(step, step.startedAtMs ?? 0);
  switch (step.phase) {
    case 'succeeded':
      return undefined;
    case 'failed':
      return { kind: 'failure', type: step.reason ?? 'Failed', message: says };
    case 'skipped':
    case 'pending': {
      const message = step.phase === 'skipped' ? says : 'never began';
      return isUnmet
        ? { kind: 'failure', type: 'Required', message: `required, and ${step.phase}: ${says}` }
        : { kind: 'skipped', message };
    }
    case 'running':
    case 'suspending':
      return { kind: 'error', type: 'Unfinished', message: `${step.phase}: ${says}` };
  }
}

function seconds(times: {
  readonly startedAtMs: number | undefined;
  readonly endedAtMs: number | undefined;
}): { readonly seconds?: number } {
  const { startedAtMs, endedAtMs } = times;
  if (startedAtMs === undefined || endedAtMs === undefined) return {};
  return { seconds: Math.max(0, endedAtMs - startedAtMs) / 1000 };
}
