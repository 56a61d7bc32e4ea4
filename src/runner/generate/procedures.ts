import type { Procedure } from './procedure.ts';
import { webService, worker } from './procedures/deployments.ts';
import { cronJob, job } from './procedures/jobs.ts';
import { configMap, restrictedNamespace } from './procedures/settings.ts';
import { statefulService } from './procedures/stateful-service.ts';

/** What can be made, in the order in which it is listed. */
export const procedures: readonly Procedure[] = [
  webService,
  worker,
  statefulService,
  cronJob,
  job,
  configMap,
  restrictedNamespace,
];
