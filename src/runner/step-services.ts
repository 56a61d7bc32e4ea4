import type { Clusters } from '../cluster/port.ts';
import type { HttpClient } from '../net/http-client.ts';
import type { MailClient } from '../net/mail/mail-client.ts';
import type { ModelEnvironment } from '../llm/settings/choose-server.ts';
import type { OpContext } from '../ops/op.ts';
import { requestAt, wishOfRequest } from '../ops/model-route.ts';
import type { ModelCommons } from './models/model-commons.ts';
import { openModelPlaces } from './models/model-places.ts';
import { openModelService } from './models/open-model-service.ts';
import type { ModelTraffic } from './models/model-traffic.ts';

/** What the ops of a run share, apart from clusters. */
export type StepServices = Pick<
  OpContext,
  'http' | 'mail' | 'modelRoute' | 'models' | 'evidence' | 'verdicts' | 'isInteractive'
>;

export interface StepServicesOptions {
  readonly env: ModelEnvironment;
  readonly offlineAllowed: boolean;
  /** Of the run: what the offline engine looks into. */
  readonly clusters: Clusters;
  readonly now: () => number;
  readonly newId: () => string;
  readonly http: HttpClient;
  readonly mail: MailClient;
  /** A client that may call this one address of the operator's, where steps in general may call none such. */
  openFor?(host: string): HttpClient;
  readonly models: ModelCommons;
  readonly traffic: ModelTraffic;
  /** The text with every known secret of the run masked. */
  readonly maskSecrets: (text: string) => string;
  readonly evidence: OpContext['evidence'];
  readonly verdicts: OpContext['verdicts'];
  readonly isInteractive: boolean;
}

/** Opens what one run needs beside its clusters; closed when the run is over. */
export function openStepServices(options: StepServicesOptions): StepServices & { close(): Promise<void> } {
  const { http, mail, models: commons, traffic, evidence, verdicts, isInteractive, now, newId } = options;
  const places = openModelPlaces({ ...options, settings: commons.settings });
  return {
    http,
    mail,
    async modelRoute(request) {
      const { endpoint, label, http: client } = await places.at(wishOfRequest(request));
      return { ...requestAt(endpoint, request), label, http: client };
    },
    models: openModelService({ commons, places, traffic, now, newId }),
    evidence,
    verdicts,
    isInteractive,
    close: () => places.close(),
  };
}
