import type { JsonObject } from '../api/json.ts';
import { ignoreParam, severity, severityCounts } from './finding-schema.ts';
import { clusterParam, openObject } from './schema-parts.ts';

const text: JsonObject = { type: 'string' };
const count: JsonObject = { type: 'integer', minimum: 0 };
const name: JsonObject = { type: 'string', minLength: 1 };

export const analyzeParams: JsonObject = {
  type: 'object',
  properties: {
    cluster: clusterParam,
    namespace: { type: 'string', description: "The run's namespace when absent; empty for all namespaces." },
    selector: { type: 'string', description: 'Only objects with these labels, such as `app=web`.' },
    analyzers: {
      type: 'array',
      items: name,
      minItems: 1,
      description:
        'Which analyzers look. When absent all default ones, in a namespace those of kinds that have one.',
    },
    target: {
      type: 'object',
      description: 'Only incidents that touch this object, or what it owns.',
      required: ['apiVersion', 'kind', 'name'],
      properties: {
        apiVersion: name,
        kind: name,
        name,
        namespace: { type: 'string', description: 'The namespace that is looked at when absent.' },
      },
      additionalProperties: false,
    },
    baseline: {
      type: 'array',
      items: openObject,
      description: 'Findings of an earlier analysis: only others count.',
    },
    ignore: ignoreParam,
    failOn: {
      ...severity,
      default: 'medium',
      description: 'What is at least as bad is waited for to go.',
    },
    wait: {
      type: 'string',
      default: '0s',
      description:
        'For how long it is looked again while there is such a problem, something cannot be read, or a rollout is not over.',
    },
  },
  additionalProperties: false,
};

export const analyzeResult: JsonObject = {
  type: 'object',
  required: [
    'findings',
    'incidents',
    'notChecked',
    'summary',
    'failed',
    'message',
    'table',
    'done',
    'after',
    'look',
  ],
  properties: {
    findings: {
      type: 'array',
      items: openObject,
      description: 'The worst, as many as have room in 48 KiB, as `sluice analyze -o json` prints them.',
    },
    incidents: { type: 'array', items: openObject, description: 'By what causes them, worst first.' },
    notChecked: { type: 'array', items: openObject, description: 'What could not be looked at, and why.' },
    summary: {
      type: 'object',
      required: [
        'verdict',
        'worst',
        'counts',
        'findings',
        'incidents',
        'unchecked',
        'rollouts',
        'ignored',
        'known',
      ],
      properties: {
        verdict: { type: 'string', enum: ['healthy', 'broken', 'unknown'] },
        worst: { ...text, description: 'The worst severity; empty where nothing was found.' },
        counts: severityCounts,
        findings: count,
        incidents: count,
        unchecked: { ...count, description: 'Of `notChecked` those that may hide a problem.' },
        rollouts: { ...count, description: 'Workloads whose rollout is not over.' },
        ignored: { ...count, description: 'Findings that `ignore` covers.' },
        known: { ...count, description: 'Findings that the baseline holds.' },
      },
      additionalProperties: false,
    },
    failed: {
      type: 'boolean',
      description:
        'There is a problem as bad as `failOn`, something could not be read, or a rollout is not over.',
    },
    message: { ...text, description: 'What was found, in a sentence.' },
    table: { ...text, description: 'The roots of the incidents, a line each.' },
    done: { type: 'boolean', description: 'Nothing is waited for any more.' },
    after: { ...text, description: 'Go duration until it is looked again.' },
    look: { ...openObject, description: 'What is asked for, for the next look.' },
  },
  additionalProperties: false,
};
