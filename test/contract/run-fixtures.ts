import type { RunChange, RunRef, RunSources, RunStore } from '../../src/store/port.ts';

export type NewRun = Parameters<RunStore['create']>[0];

export const stepType: RunSources['stepTypes'][number] = {
  name: 'deploy',
  format: 'yaml',
  origin: 'built-in',
  file: 'built-in:deploy',
  text: 'kind: WorkflowStepDefinition\n# ☃ \u0000 end',
  digest: 'd'.repeat(64),
};

export function sources(stepTypes: RunSources['stepTypes'] = [stepType]): RunSources {
  return {
    document: { file: 'run.yaml', text: 'kind: WorkflowRun\n', index: 2 },
    called: [{ file: 'called.yaml', text: 'kind: Workflow\n', index: 0 }],
    stepTypes,
    options: { require: ['deploy'], timeoutMs: 60_000, offline: true },
  };
}

export function newRun(name: string, overrides: Partial<NewRun> = {}): NewRun {
  return {
    id: `id-${name}`,
    ref: refOf(name),
    sources: sources(),
    startedAtMs: 1000,
    ...change(),
    ...overrides,
  };
}

export function refOf(name: string): RunRef {
  return { namespace: 'default', name };
}

export function change(overrides: Partial<RunChange> = {}): RunChange {
  return {
    state: '{"schema":1}',
    phase: 'executing',
    finished: false,
    progress: { done: 0, total: 3 },
    logs: [],
    secrets: [],
    ...overrides,
  };
}

export function log(
  step: string,
  key: string,
  text = `${step} ${key}`,
  timeMs = 1000,
): RunChange['logs'][number] {
  return { step, key, timeMs, kind: 'log', text };
}

export const finished: Partial<RunChange> = {
  phase: 'succeeded',
  finished: true,
  endedAtMs: 5000,
  progress: { done: 3, total: 3 },
};
