import { readFileSync } from 'node:fs';
import { code, page, table } from './markdown.js';

/** docs/reference/reasons.md: phases, reasons and conditions of a status. */
export function reasonsPage() {
  return page(
    '# Phases, reasons and conditions',
    'The status of a run carries KubeVela’s words. What is marked as an extension has no counterpart there.',
    '## Phases of a run',
    tableOf(declared('RunPhase'), runPhases),
    '## Phases of a step',
    tableOf(declared('StepPhase'), stepPhases),
    '## Reasons of a step',
    tableOf(declared('StepReason'), reasons),
    '## Conditions of a finished run',
    table(
      ['Condition', 'True when'],
      Object.entries(conditions).map(([name, meaning]) => [code(name), meaning]),
    ),
  );
}

const runPhases = {
  initializing: 'Accepted; no step was looked at yet.',
  executing: 'At work, or waiting for something that changes by itself.',
  suspending: 'Nothing goes on until someone resumes it, or a duration ends.',
  succeeded:
    'Every step succeeded or was skipped. Whether a *required* step did, says the condition `Passed`.',
  failed: 'A step failed, or the deadline of the run passed.',
  terminated: 'Someone ended it, and no step failed for another reason.',
};

const stepPhases = {
  pending: 'Its turn has not come.',
  running: 'At work, or waiting for an object.',
  suspending: 'Suspended, or held by a suspended run.',
  succeeded: 'Done; it never runs again in this start of the run.',
  failed: 'Failed; with reason `Execute` it is tried again, otherwise for good.',
  skipped:
    'It did not run: its `if:` is false, or what it stands on did not succeed. The message says which.',
};

const reasons = {
  Wait: 'It waits until an object is as it should be; the message says for what.',
  Suspend: 'It is suspended; the message is that of the suspend.',
  Execute: 'An op failed with an error that may pass; the message says when it is tried again.',
  FailedAfterRetries: 'An op failed with an error that is not retried, or once too often.',
  Timeout: 'Its `timeout`, that of its group, or the deadline of the run passed.',
  Action:
    'The step type failed it on purpose, such as a gate that did not open; or a gate that it requires did not let it go on.',
  Terminate: 'Someone terminated the run, or the step ended it with `break`.',
  Skip: 'It was skipped; the message says why.',
  Rendering: 'The step type could not be evaluated, or asked for something that does not exist.',
  Input: 'A parameter is wrong, or an input has no value.',
  Output: 'The step did its work, and an output could not be evaluated or is not of its declared type.',
  Condition: 'Extension. Its `if:` could not be evaluated, or is neither true nor false.',
  Unknown: 'Extension. It is not known whether an effect that must not be repeated has happened.',
};

const conditions = {
  WorkflowRun: 'The run succeeded; absent otherwise.',
  Complete: 'Extension. The run succeeded.',
  Failed:
    'Extension. The run failed or was terminated; the message names the failed steps. Its reason is `DeadlineExceeded` past the deadline of the run, and `GroupTaken` when its concurrency group refused it.',
  Passed:
    'Extension. The run succeeded, and every required step did; otherwise its reason may be `GateNotOpen` (a gate failed, or a step that requires one was refused) or `RequiredStepSkipped`. The message names the steps.',
};

/** The names of a union in src/api/status.ts: the source of what there is. */
function declared(type) {
  const text = readFileSync(new URL('../../src/api/status.ts', import.meta.url), 'utf8');
  const body = new RegExp(`export type ${type} =([^;]*);`).exec(text)?.[1] ?? '';
  return [...body.matchAll(/'(\w+)'/g)].map(([, name]) => name);
}

function tableOf(names, meanings) {
  const missing = names.filter((name) => !Object.hasOwn(meanings, name));
  const extra = Object.keys(meanings).filter((name) => !names.includes(name));
  if (missing.length + extra.length > 0)
    throw new Error(
      `scripts/reference/reasons.js: not described: ${missing.join(', ')}; not there any more: ${extra.join(', ')}`,
    );
  return table(
    ['Name', 'Meaning'],
    names.map((name) => [code(name), meanings[name]]),
  );
}
