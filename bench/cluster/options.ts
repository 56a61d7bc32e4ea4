import { parseArgs } from 'node:util';
import type { Amounts } from './turn.ts';

export interface Options {
  readonly repeats: number;
  /** Names of shapes; empty for all. */
  readonly only: readonly string[];
  readonly isQuick: boolean;
  readonly amounts: Amounts;
  readonly engines: readonly string[];
  readonly profileDirectory?: string;
}

export const help = `usage: npm run bench:cluster -- [options]

  --repeats N     how often all is measured (5; quick 3)
  --only SHAPE    raw, one-step, ten-steps, three-steps, requests, http, ready or memory; repeatable
  --engine NAME   sluice or kubevela; repeatable
  --quick         fewer runs of each shape, and no 2,000 finished runs
  --all           also 10,000 finished runs
  --cpu-prof DIR  CPU profiles of Sluice's controller

KUBEVELA_WORKFLOW_BIN names a binary of KubeVela's workflow controller to measure beside Sluice, and KUBEVELA_DEFS a
directory with the YAML of its custom resource definitions and of its step types, for the namespace vela-system.
`;

/** Throws for arguments that are unknown or wrong. */
export function readOptions(args: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      repeats: { type: 'string' },
      only: { type: 'string', multiple: true, default: [] },
      engine: { type: 'string', multiple: true, default: ['sluice', 'kubevela'] },
      quick: { type: 'boolean', default: false },
      all: { type: 'boolean', default: false },
      'cpu-prof': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const repeats = Number(values.repeats ?? (values.quick ? 3 : 5));
  if (!Number.isInteger(repeats) || repeats < 1) throw new Error('--repeats takes a number from 1');
  return {
    repeats,
    only: values.only,
    isQuick: values.quick,
    amounts: { ...(values.quick ? quick : whole), many: values.all ? 10_000 : 0 },
    engines: values.engine,
    ...(values['cpu-prof'] === undefined ? {} : { profileDirectory: values['cpu-prof'] }),
  };
}

const whole = {
  oneStep: 50,
  tenSteps: 20,
  atOnce: 500,
  counted: 100,
  http: 20,
  httpAtOnce: 40,
  ready: 5,
  finished: 2000,
  rawSeconds: 4,
  rawCreates: 50,
};

const quick = {
  oneStep: 30,
  tenSteps: 10,
  atOnce: 300,
  counted: 100,
  http: 10,
  httpAtOnce: 40,
  ready: 3,
  finished: 0,
  rawSeconds: 2,
  rawCreates: 30,
};
