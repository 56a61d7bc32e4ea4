import type { JsonObject } from '../../../api/json.ts';
import type { ParameterName } from '../parameters.ts';
import { scheduleRules } from './schedule-rules.ts';

/** Part of a request that has one meaning: its pattern, and what it says. */
export interface ValueRule {
  readonly pattern: RegExp;
  readonly read: (match: RegExpExecArray) => Partial<Record<ParameterName | 'namespace', JsonObject[string]>>;
}

const replicaWord = '(?:replicas?|copies|instances|pods)';
const size = '(\\d+(?:\\.\\d+)?) ?(k|m|g|t)(i?)b?';
const objectName = '([a-z0-9][a-z0-9.-]*[a-z0-9]|[a-z0-9])(?=[\\s,.;)\'"]|$)';

/** In the order in which they are tried; what one has read no later one sees. */
export const valueRules: readonly ValueRule[] = [
  ...scheduleRules,
  rule(`\\b(?:from )?(\\d+)(?: to | ?- ?|–)(\\d+) ${replicaWord}\\b`, ([, least, most]) => ({
    replicas: Number(least),
    maxReplicas: Number(most),
  })),
  rule(`\\b(?:up to|at most|max(?:imum)?(?: of)?) (\\d+) ${replicaWord}\\b`, ([, most]) => ({
    maxReplicas: Number(most),
  })),
  rule(`\\b(?:auto-?)?scal(?:es|ed|ing|e) (?:up )?to (\\d+)\\b(?: ${replicaWord}\\b)?`, ([, most]) => ({
    maxReplicas: Number(most),
  })),
  rule(`\\b(\\d+) ${replicaWord}\\b`, ([, count]) => ({ replicas: Number(count) })),
  rule(`\\breplicas?[:= ] ?(\\d+)\\b`, ([, count]) => ({ replicas: Number(count) })),
  rule(`\\bservice port[:= ] ?(\\d+)\\b`, ([, port]) => ({ servicePort: Number(port) })),
  rule(`\\bports?[:= ] ?(\\d+)\\b`, ([, port]) => ({ port: Number(port) })),
  rule(`\\b${size} (?:of )?(?:memory|ram)\\b`, (match) => ({ memory: quantity(match) })),
  rule(`\\b(?:memory|ram)(?: of|:)? ${size}\\b`, (match) => ({ memory: quantity(match) })),
  rule(`\\b${size} (?:of )?(?:storage|volumes?|disk(?: space)?)\\b`, (match) => ({
    storage: quantity(match),
  })),
  rule(`\\b(?:storage|volume|disk)(?: of|:)? ${size}\\b`, (match) => ({ storage: quantity(match) })),
  rule(`\\b(\\d+m|\\d+(?:\\.\\d+)?) (?:of )?v?(?:cpus?|cores?)\\b`, ([, cpu = '']) => ({ cpu })),
  rule(`\\bcpus?(?: of|:)? (\\d+m|\\d+(?:\\.\\d+)?)\\b`, ([, cpu = '']) => ({ cpu })),
  rule(`\\b(?:with|using|mounts?|from|and) (?:the )?config ?map ${objectName}`, ([, config = '']) => ({
    config,
  })),
  rule(`\\b(?:with|using|mounts?|from|and) (?:the )?secret ${objectName}`, ([, secret = '']) => ({ secret })),
  rule(`\\b(?:in|into) (?:the )?namespace ${objectName}`, ([, namespace = '']) => ({ namespace })),
  rule(`\\b(?:called|named|name:?) ${objectName}`, ([, name = '']) => ({ name })),
  rule(`\\bhealth(?: ?checks?| path| endpoint)?(?: at| on| under)? (/[^\\s,;]*)`, ([, healthPath = '']) => ({
    healthPath,
  })),
  rule(`\\bas user (\\d+)\\b`, ([, user]) => ({ user: Number(user) })),
  rule(
    `\\b(?:host(?:name)?|domain|under|at|on)[: ] ?((?:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?\\.)+[a-z]{2,})(?=[\\s,.;)]|$)`,
    ([, host = '']) => ({ host: host.toLowerCase() }),
  ),
];

function rule(pattern: string, read: ValueRule['read']): ValueRule {
  return { pattern: new RegExp(pattern, 'i'), read };
}

/** `512 MB` is 512M, `1.5gib` is 1.5Gi. A lone m would be thousandths, so it is never left as it was written. */
function quantity([, digits = '', unit = '', binary = '']: RegExpExecArray): string {
  const letter = unit.toUpperCase();
  if (binary !== '') return `${digits}${letter}i`;
  return `${digits}${letter === 'K' ? 'k' : letter}`;
}
