import type { HttpClient } from '../net/http-client.ts';
import type { OpContext } from '../ops/op.ts';
import { openModelRouting } from './model-routing.ts';
import { openModelService } from './models/open-model-service.ts';

/** What the ops of a run share, apart from clusters. */
export type StepServices = Pick<
  OpContext,
  'http' | 'modelRoute' | 'models' | 'evidence' | 'verdicts' | 'isInteractive'
>;

type RoutingOptions = Parameters<typeof openModelRouting>[0];

export interface StepServicesOptions extends RoutingOptions {
  readonly http: HttpClient;
  readonly evidence: OpContext['evidence'];
  readonly verdicts: OpContext['verdicts'];
  readonly isInteractive: boolean;
}

/** Opens what one run needs beside its clusters; closed when the run is over. */
export function openStepServices(options: StepServicesOptions): StepServices & { close(): Promise<void> } {
  const { http, evidence, verdicts, isInteractive, ...routing } = options;
  const routes = openModelRouting(routing);
  return {
    http,
    modelRoute: routes.route,
    models: openModelService(),
    evidence,
    verdicts,
    isInteractive,
    close: () => routes.close(),
  };
}
