import { SluiceError } from '../../api/errors.ts';
import { readSettings, type SettingsText } from '../../llm/settings/read-settings.ts';
import {
  readSettingsText,
  requireSettings,
  settingsPath,
  writeSettingsText,
} from '../../llm/settings/settings-file.ts';
import { nearest } from '../../step-types/nearest.ts';
import type { CliIo } from '../io.ts';
import { stateDirectory } from '../state-directory.ts';

/** The settings of models as a command finds them, and a way to change them. */
export interface SettingsPlace {
  readonly path: string;
  readonly settings: SettingsText;
  /** Checks and replaces the text; comments of the user stay. */
  edit(change: (text: string) => string): Promise<void>;
}

export interface SettingsFlags {
  readonly stateDir?: string;
}

/** Throws SluiceError as `readSettingsFile` does. */
export async function openSettings(flags: SettingsFlags, io: CliIo): Promise<SettingsPlace> {
  const path = settingsPath(stateDirectory(flags.stateDir, io));
  const text = await readSettingsText(path);
  const settings = requireSettings(await readSettings(text, path), path);
  return {
    path,
    settings,
    async edit(change) {
      const changed = change(text);
      requireSettings(await readSettings(changed, path), path);
      await writeSettingsText(path, changed);
    },
  };
}

/** Throws SluiceError `invalid`/`NoSuchServer` with what is near to the name, or with those there are. */
export function mustHaveServer(name: string, { servers }: SettingsText): void {
  const names = servers.map((server) => server.name);
  if (names.includes(name)) return;
  const near = nearest(name, names);
  const known = names.length === 0 ? 'Set one up: sluice auth add' : `There are: ${names.join(', ')}`;
  throw new SluiceError('invalid', 'NoSuchServer', `there is no server of models named ${name}`, {
    hint: near === undefined ? known : `Did you mean ${near}?`,
  });
}
