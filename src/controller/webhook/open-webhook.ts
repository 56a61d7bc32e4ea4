import type { ApiClient } from '../../cluster/kubernetes/api-client.ts';
import { webhookNames } from '../install/names.ts';
import type { BindAddress } from '../serve/bind-address.ts';
import { certificateDirectory } from './certificate/certificate-directory.ts';
import { selfSigned } from './certificate/self-signed.ts';
import { startWebhook, type Webhook, type WebhookOptions } from './start-webhook.ts';

export interface OpenWebhookOptions extends Omit<WebhookOptions, 'certificates'> {
  /** With tls.crt and tls.key that someone else renews. Undefined: a certificate of our own, in a Secret. */
  readonly certificateDirectory: string | undefined;
  readonly client: ApiClient;
  /** Where the Secret and the Service are: that of the lease. */
  readonly namespace: string;
  /** Milliseconds since 1970. */
  now(): number;
}

/** Starts the webhook with a certificate that is mounted, or with one of its own. Throws as `startWebhook`. */
export function openWebhook(options: OpenWebhookOptions): Promise<Webhook> {
  const { certificateDirectory: directory, client, namespace, log, bind } = options;
  const certificates =
    directory === undefined
      ? selfSigned({
          client,
          namespace,
          name: webhookNames.certificate,
          configuration: webhookNames.configuration,
          names: servedNames(namespace, bind),
          log,
          now: () => options.now(),
        })
      : certificateDirectory({ directory, log });
  return startWebhook({ ...options, certificates });
}

/** Under its Service, and, for a process outside the cluster, under the address that it was told to listen on. */
function servedNames(namespace: string, { host }: BindAddress): readonly string[] {
  const service = `${webhookNames.service}.${namespace}.svc`;
  const isAny = host === undefined || host === '0.0.0.0' || host === '::';
  return [service, `${service}.cluster.local`, ...(isAny ? [] : [host])];
}
