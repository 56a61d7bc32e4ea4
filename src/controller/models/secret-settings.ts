import { SluiceError } from '../../api/errors.ts';
import { textAt } from '../../cluster/json-reading.ts';
import type { ApiClient } from '../../cluster/kubernetes/api-client.ts';
import { noModelSettings, type ModelSettings } from '../../llm/settings/model-settings.ts';
import { withNamespace } from '../../llm/settings/namespace-settings.ts';
import { readSettings, type SettingsText } from '../../llm/settings/read-settings.ts';
import { resolveKeys } from '../../llm/settings/resolve-keys.ts';
import { requireSettings } from '../../llm/settings/settings-file.ts';

/** The Secret with `models.yaml`, of the operator in the controller's namespace, of a namespace in itself. */
export const modelsSecret = 'sluice-models';
const dataKey = 'models.yaml';
/** What is known of a Secret is good for so long. */
const knownForMs = 30_000;

export interface SecretSettingsOptions {
  readonly client: Pick<ApiClient, 'find'>;
  /** The controller's own. */
  readonly namespace: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly monotonicNow: () => number;
}

interface Looked {
  readonly version: string;
  readonly settings: SettingsText | undefined;
}

interface Look {
  readonly atMs: number;
  readonly found: Promise<Looked>;
}

/**
 * Settings as runs of a namespace meet them, from Secrets that are read again every half minute. Throws SluiceError: `invalid`
 * for what a Secret holds, and those of the API server. What cannot be read is not passed over: a budget may stand in it.
 */
export function openSecretSettings(
  options: SecretSettingsOptions,
): (namespace: string) => Promise<ModelSettings> {
  const looks = new Map<string, Look>();
  const { env, monotonicNow } = options;

  return async (namespace) => {
    const operator = resolveKeys((await settingsIn(options.namespace)) ?? noModelSettings, env);
    if (namespace === options.namespace) return operator;
    const own = await settingsIn(namespace);
    return own === undefined ? operator : withNamespace(operator, own, sourceIn(namespace));
  };

  /** One request for all that ask meanwhile; one that failed is made again for the next. */
  async function settingsIn(namespace: string): Promise<SettingsText | undefined> {
    const last = looks.get(namespace);
    if (last !== undefined && monotonicNow() - last.atMs < knownForMs) return (await last.found).settings;
    const look: Look = { atMs: monotonicNow(), found: lookInto(namespace, last) };
    looks.set(namespace, look);
    look.found.catch(() => {
      if (looks.get(namespace) === look) looks.delete(namespace);
    });
    return (await look.found).settings;
  }

  async function lookInto(namespace: string, last: Look | undefined): Promise<Looked> {
    const before = await last?.found.catch(() => undefined);
    const secret = await options.client.find({
      method: 'GET',
      path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets/${modelsSecret}`,
      doing: `get Secret ${modelsSecret}`,
    });
    if (secret === undefined) return { version: '', settings: undefined };
    const version = textAt(secret, 'metadata', 'resourceVersion');
    if (before !== undefined && version !== '' && before.version === version) return before;
    const source = sourceIn(namespace);
    const base64 = textAt(secret, 'data', dataKey);
    if (base64 === '')
      throw new SluiceError('invalid', 'ModelSettingsInvalid', `${source} has no ${dataKey}`, {
        hint: `Make it from a file: kubectl create secret generic ${modelsSecret} -n ${namespace} --from-file=${dataKey}`,
      });
    const read = await readSettings(Buffer.from(base64, 'base64'), `${source}/${dataKey}`);
    return { version, settings: requireSettings(read, source) };
  }
}

function sourceIn(namespace: string): string {
  return `the Secret ${namespace}/${modelsSecret}`;
}
