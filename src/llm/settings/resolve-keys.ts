import type { ModelSettings } from './model-settings.ts';
import type { SettingsText } from './read-settings.ts';

/** The settings with the keys of the environment. A variable that is not set, or empty, is no key. */
export function resolveKeys(
  settings: SettingsText,
  env: Readonly<Record<string, string | undefined>>,
): ModelSettings {
  const servers = settings.servers.map(({ keyFromEnv, ...server }) => {
    if (keyFromEnv === undefined) return server;
    const key = (env[keyFromEnv] ?? '').trim();
    return key === '' ? { ...server, missingKey: keyFromEnv } : { ...server, key };
  });
  return { ...settings, servers };
}
