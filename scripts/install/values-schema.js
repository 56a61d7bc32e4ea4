// What the chart's values may be: a misspelt one is refused instead of having no effect.
const text = { type: 'string' };
const flag = { type: 'boolean' };
const texts = { type: 'array', items: text };
const anyObject = { type: 'object' };
const anyList = { type: 'array', items: anyObject };
const count = (minimum) => ({ type: 'integer', minimum });
const only = (properties) => ({ type: 'object', additionalProperties: false, properties });
const duration = { type: 'string', pattern: '^[0-9]+(ms|s|m|h)$' };

const values = only({
  namespaces: { ...texts, uniqueItems: true },
  defaultServiceAccount: { ...text, minLength: 1 },
  serviceAccounts: { ...texts, uniqueItems: true },
  runner: only({ create: flag, extraRules: anyList }),
  image: only({
    repository: text,
    tag: text,
    pullPolicy: { enum: ['Always', 'IfNotPresent', 'Never'] },
  }),
  imagePullSecrets: anyList,
  replicas: count(0),
  shards: count(1),
  concurrency: count(0),
  extraArgs: texts,
  openai: only({
    secret: { ...text, minLength: 1 },
    keyName: { ...text, minLength: 1 },
    baseUrl: text,
    model: text,
  }),
  allowOfflineModel: flag,
  webhook: only({
    enabled: flag,
    failurePolicy: { enum: ['Fail', 'Ignore'] },
    timeoutSeconds: { type: 'integer', minimum: 1, maximum: 30 },
    certManager: only({ enabled: flag, issuerRef: anyObject }),
  }),
  metrics: only({
    serviceMonitor: only({ enabled: flag, interval: duration, labels: anyObject }),
    dashboard: only({ enabled: flag, labels: anyObject }),
  }),
  networkPolicy: only({ enabled: flag, metricsFrom: anyList, egress: anyList }),
  pdb: only({ enabled: flag, maxUnavailable: { type: ['integer', 'string'] } }),
  resources: anyObject,
  env: anyList,
  nodeSelector: anyObject,
  tolerations: anyList,
  affinity: anyObject,
  priorityClassName: text,
  podAnnotations: anyObject,
  podLabels: anyObject,
  serviceAccount: only({ annotations: anyObject }),
  // Helm's own, for charts that have this one in them.
  global: anyObject,
});

/** The chart's values.schema.json. */
export function valuesSchemaText() {
  return `${JSON.stringify({ $schema: 'http://json-schema.org/draft-07/schema#', ...values }, null, 2)}\n`;
}
