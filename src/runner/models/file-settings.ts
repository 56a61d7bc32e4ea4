import { noModelSettings, type ModelSettings } from '../../llm/settings/model-settings.ts';
import { resolveKeys } from '../../llm/settings/resolve-keys.ts';
import { readSettingsFile, settingsStamp } from '../../llm/settings/settings-file.ts';

/** The settings of a file as it is at each call; read again only when it has changed. Throws as `readSettingsFile`. */
export function openFileSettings(
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): () => Promise<ModelSettings> {
  let known: { readonly stamp: string; readonly settings: Promise<ModelSettings> } | undefined;
  return async () => {
    const stamp = await settingsStamp(path);
    if (stamp === '') return noModelSettings;
    if (known?.stamp !== stamp)
      known = { stamp, settings: readSettingsFile(path).then((text) => resolveKeys(text, env)) };
    return known.settings;
  };
}
