import type { Analyzer } from './analyzer.ts';
import { configMap } from './analyzers/config-map.ts';
import { cronJob } from './analyzers/cron-job.ts';
import { daemonSet } from './analyzers/daemon-set.ts';
import { deployment } from './analyzers/deployment.ts';
import { ingress } from './analyzers/ingress.ts';
import { job } from './analyzers/job.ts';
import { node } from './analyzers/node.ts';
import { persistentVolumeClaim } from './analyzers/persistent-volume-claim.ts';
import { pod } from './analyzers/pod.ts';
import { replicaSet } from './analyzers/replica-set.ts';
import { service } from './analyzers/service.ts';
import { statefulSet } from './analyzers/stateful-set.ts';
import { mutatingWebhook, validatingWebhook } from './analyzers/webhook.ts';

/** Nearest to the cause first; the order in which findings of one severity are shown. */
export const defaultAnalyzers: readonly Analyzer[] = [
  pod,
  deployment,
  replicaSet,
  statefulSet,
  daemonSet,
  job,
  cronJob,
  service,
  ingress,
  persistentVolumeClaim,
  node,
  configMap,
  validatingWebhook,
  mutatingWebhook,
];
