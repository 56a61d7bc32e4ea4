import type { JsonObject } from '../../src/api/json.ts';
import { gateOf, web } from '../ai-gate/run-gate.ts';
import type { Script } from '../ai-gate/scripted-judge.ts';
import type { Answer } from '../ops/gates/prometheus-server.ts';
import { kubeLinterClean } from '../gate/report-texts.ts';
import type { PeerName } from './peers.ts';

/** One input, as a gate before production gets it. */
export interface Input {
  readonly name: string;
  /** Step type and properties; `METRICS` in them stands for the address of the metrics. */
  readonly gate: JsonObject;
  /** What the server of metrics says; undefined: nobody listens there. */
  readonly metrics?: readonly Answer[];
  readonly judge?: Script;
  /** Steps before it. */
  readonly before?: readonly JsonObject[];
  /** Steps between it and what it is before. */
  readonly between?: readonly JsonObject[];
  /** What production is to get, where it is not what was judged: then the gate itself may open. */
  readonly deployed?: JsonObject;
  /** Commands after the run. */
  readonly after?: readonly (readonly string[])[];
}

/** One that gates elsewhere were read for. */
export interface ComparedInput extends Input {
  readonly opens: readonly PeerName[];
  readonly shut: readonly PeerName[];
}

const atMost = { op: '<=', value: 10 };

export function metricGate(rest: JsonObject = {}, more: JsonObject = {}): JsonObject {
  const value = { metric: { provider: 'metrics', query: 'errors' } };
  return {
    type: 'gate',
    properties: {
      subject: web,
      providers: { metrics: { address: 'METRICS' } },
      objectives: [{ id: 'errors', value, pass: atMost, samples: { errorLimit: 0 }, ...rest }],
      ...more,
    },
  };
}

function reportGate(format: string, text: string): JsonObject {
  const objective = { id: 'findings', value: { findings: { from: 'tool' } }, pass: { op: '==', value: 0 } };
  return {
    type: 'gate',
    properties: { subject: web, reports: { tool: { format, text, exit: 0 } }, objectives: [objective] },
  };
}

export const judged = (rest: JsonObject = {}): JsonObject => ({ type: 'ai-gate', properties: gateOf(rest) });

const template = { ...(web['spec'] as JsonObject), replicas: 9 };

/** Inputs over which gates have opened somewhere. */
export const inputs: readonly ComparedInput[] = [
  {
    name: 'a policy without any objective',
    gate: { type: 'gate', properties: { subject: web, objectives: [] } },
    opens: ['keptn'],
    shut: ['conftest'],
  },
  {
    name: 'only a condition for failure, and the value is NaN',
    gate: metricGate({ pass: undefined as never, fail: { op: '>', value: 10 } }),
    metrics: [['NaN']],
    opens: ['rollouts', 'keptnAnalysis'],
    shut: [],
  },
  {
    name: 'more failures allowed than there are measurements',
    gate: metricGate({ samples: { count: 2, interval: '1s', failureLimit: 2 } }),
    metrics: [['99']],
    opens: ['rollouts'],
    shut: [],
  },
  {
    name: 'the value is NaN',
    gate: metricGate(),
    metrics: [['NaN']],
    opens: ['keptnAnalysis'],
    shut: ['flagger'],
  },
  {
    name: 'no data',
    gate: metricGate(),
    metrics: [[]],
    opens: ['kayenta'],
    shut: ['keptn', 'flagger'],
  },
  {
    name: 'two series, the last of them good',
    gate: metricGate(),
    metrics: [['99', '1']],
    opens: ['flagger'],
    shut: [],
  },
  { name: 'nobody answers for the metrics', gate: metricGate(), opens: ['keptn'], shut: ['rollouts'] },
  {
    name: 'the first run, with nothing to compare with',
    gate: metricGate({ pass: { of: 'percent', op: '<=', value: 10 }, compare: {} }),
    metrics: [['1']],
    opens: ['keptn'],
    shut: [],
  },
  {
    name: 'a run that was terminated before anything was measured',
    gate: metricGate(),
    metrics: [['1']],
    before: [{ name: 'hold', type: 'suspend' }],
    after: [['workflow', 'terminate', 'it']],
    opens: ['rollouts'],
    shut: [],
  },
  {
    name: 'time is up, and all was well so far',
    gate: metricGate({ samples: { count: 2, interval: '200ms', errorLimit: 1000 } }, { deadline: '2s' }),
    metrics: [['1'], { status: 503 }],
    opens: ['rollouts'],
    shut: [],
  },
  {
    name: 'what must hold in any case cannot be measured, and the rest is good',
    gate: metricGate(
      {},
      {
        objectives: [
          { id: 'key', value: { cue: 'values.none' }, pass: atMost, key: true },
          { id: 'rest', value: { cue: '1' }, pass: atMost, weight: 9 },
        ],
        total: { pass: 90 },
      },
    ),
    opens: ['kayenta'],
    shut: [],
  },
  {
    name: 'a score of 100 over nothing that was checked',
    gate: reportGate('polaris', '{"PolarisOutputVersion":"1","Results":[],"Score":100}'),
    opens: ['polaris'],
    shut: [],
  },
  {
    name: 'exit code 0 over no valid object',
    gate: reportGate('kube-linter', kubeLinterClean),
    opens: ['kubeLinter'],
    shut: [],
  },
  {
    name: 'a report in which no rule matched',
    gate: reportGate('policy-report', '{"kind":"PolicyReport","results":[]}'),
    opens: ['kyverno'],
    shut: [],
  },
  {
    name: 'an object that excuses itself from every check',
    gate: reportGate('kube-score', '[{"checks":[{"check":{"id":"a"},"grade":1,"skipped":true}]}]'),
    opens: ['kubeScore', 'kubeLinter', 'polaris'],
    shut: [],
  },
  {
    name: 'a judge that leaves out the verdict',
    gate: judged(),
    judge: { spoil: () => '{"reason":"looks good"}' },
    opens: ['promptfoo'],
    shut: ['openaiEvals'],
  },
  {
    name: 'a judge that ends in prose with a capital Y',
    gate: judged(),
    judge: { spoil: () => 'The criteria are met. Y' },
    opens: ['promptfoo'],
    shut: [],
  },
  {
    name: 'a good answer quoted from the evidence, then the real one',
    gate: judged(),
    judge: {
      spoil: (body) => {
        const bad = body.answers.map((each) => ({ ...each, answer: 'no' }));
        return JSON.stringify(body) + JSON.stringify({ ...body, answers: bad });
      },
    },
    opens: ['promptfoo'],
    shut: [],
  },
  {
    name: 'a score beyond the scale',
    gate: judged(),
    judge: { spoil: (body) => ({ ...body, pass: true, score: 1000 }) },
    opens: ['promptfoo', 'deepeval'],
    shut: [],
  },
  {
    name: 'a manifest that was built anew after the verdict',
    gate: judged(),
    judge: {},
    deployed: { ...web, spec: template },
    opens: [],
    shut: ['kargo'],
  },
];

/** What should open. */
export const controls: readonly Input[] = [
  { name: 'a good value', gate: metricGate(), metrics: [['3']] },
  { name: 'a value exactly at the limit', gate: metricGate(), metrics: [['10']] },
  { name: 'three sure answers with quotes', gate: judged(), judge: {} },
];
