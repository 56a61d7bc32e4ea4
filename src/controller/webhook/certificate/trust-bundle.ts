import { isObject, stringifyJson, type Json, type JsonObject } from '../../../api/json.ts';
import type { ApiClient } from '../../../cluster/kubernetes/api-client.ts';

/**
 * Makes the API server trust these authorities (PEM) for every webhook of the ValidatingWebhookConfiguration. False when
 * there is none of that name. Needs get and patch of it. Throws SluiceErrors; `transient` when it was changed meanwhile.
 */
export async function trustAuthorities(
  client: Pick<ApiClient, 'find' | 'send'>,
  configuration: string,
  trusted: readonly string[],
): Promise<boolean> {
  const collection = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
  const path = `${collection}/${encodeURIComponent(configuration)}`;
  const doing = `validatingwebhookconfigurations ${configuration}`;
  const stored = await client.find({ method: 'GET', path, doing: `get ${doing}` });
  if (stored === undefined) return false;
  const bundle = Buffer.from(trusted.join(''), 'utf8').toString('base64');
  const changes = listOf(stored['webhooks']).flatMap((webhook, index) =>
    bundleOf(webhook) === bundle
      ? []
      : [{ op: 'add', path: `/webhooks/${index}/clientConfig/caBundle`, value: bundle }],
  );
  if (changes.length === 0) return true;
  const metadata: JsonObject = isObject(stored['metadata']) ? stored['metadata'] : {};
  // The places are numbers: they count only for the list that was read.
  const unchanged = {
    op: 'test',
    path: '/metadata/resourceVersion',
    value: metadata['resourceVersion'] ?? '',
  };
  await client.send({
    method: 'PATCH',
    path,
    body: stringifyJson([unchanged, ...changes]),
    contentType: 'application/json-patch+json',
    doing: `patch ${doing}`,
  });
  return true;
}

function bundleOf(webhook: Json): Json | undefined {
  const config = isObject(webhook) ? webhook['clientConfig'] : undefined;
  return isObject(config) ? config['caBundle'] : undefined;
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}
