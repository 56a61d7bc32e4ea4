import type { JsonObject } from '../api/json.ts';
import { ignoreParam, severity, severityCounts } from './finding-schema.ts';
import { clusterParam, openObject } from './schema-parts.ts';

const text: JsonObject = { type: 'string' };
const count: JsonObject = { type: 'integer', minimum: 0 };
const name: JsonObject = { type: 'string', minLength: 1 };
const points: JsonObject = { type: 'integer', minimum: 0, maximum: 100 };

export const auditParams: JsonObject = {
  type: 'object',
  properties: {
    objects: {
      type: 'array',
      items: openObject,
      minItems: 1,
      maxItems: 1000,
      description: 'Manifests; they are judged as they are written, and by each other.',
    },
    target: {
      type: 'object',
      description: 'In their place an object of a cluster, judged by what is around it, too.',
      required: ['apiVersion', 'kind', 'name'],
      properties: {
        apiVersion: name,
        kind: name,
        name,
        namespace: { type: 'string', description: "The run's namespace when absent." },
      },
      additionalProperties: false,
    },
    cluster: clusterParam,
    ignore: ignoreParam,
    failOn: { ...severity, description: 'What is at least as bad fails the audit.' },
    minScore: { ...points, description: 'An object that scores less fails the audit.' },
  },
  additionalProperties: false,
};

export const auditResult: JsonObject = {
  type: 'object',
  required: ['findings', 'notCovered', 'notJudged', 'summary', 'failed', 'message', 'table'],
  properties: {
    findings: {
      type: 'array',
      items: openObject,
      description: 'The worst hundred, as `sluice audit -o json` prints them.',
    },
    notCovered: { type: 'array', items: openObject, description: 'Objects of kinds that no rule is about.' },
    notJudged: { type: 'array', items: openObject, description: 'Rules that could not be asked, and why.' },
    summary: {
      type: 'object',
      required: ['score', 'mean', 'objects', 'worst', 'counts', 'findings', 'ignored', 'unchecked'],
      properties: {
        score: { ...points, description: 'Of the worst object; 0 where none was judged.' },
        mean: { ...points, description: 'Of all objects.' },
        objects: { ...count, description: 'How many were judged.' },
        worst: { ...text, description: 'The worst severity; empty where nothing was found.' },
        counts: severityCounts,
        findings: count,
        ignored: { ...count, description: 'Findings that `ignore` covers.' },
        unchecked: { ...count, description: 'Of `notJudged` those that may hide a finding.' },
      },
      additionalProperties: false,
    },
    failed: {
      type: 'boolean',
      description:
        'There is a finding as bad as `failOn`, a score below `minScore`, a list that could not be read, or nothing that could be judged.',
    },
    message: { ...text, description: 'What was found, in a sentence.' },
    table: { ...text, description: 'The findings, a line each.' },
  },
  additionalProperties: false,
};
