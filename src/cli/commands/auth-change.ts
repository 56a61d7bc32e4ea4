import { withDefault, withoutServer } from '../../llm/settings/edit-settings.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { mustHaveServer, openSettings, type SettingsFlags } from '../models/settings-place.ts';

/** Makes a server the one that steps ask which name none. */
export async function authDefault(
  name: string,
  flags: SettingsFlags,
  { io }: CommandContext,
): Promise<number> {
  const place = await openSettings(flags, io);
  mustHaveServer(name, place.settings);
  await place.edit((text) => withDefault(text, name));
  io.stdout.write(`steps that name no server ask ${name}\n`);
  return exitCodes.succeeded;
}

/** Forgets a server with its key. */
export async function authRemove(
  name: string,
  flags: SettingsFlags,
  { io }: CommandContext,
): Promise<number> {
  const place = await openSettings(flags, io);
  mustHaveServer(name, place.settings);
  await place.edit((text) => withoutServer(text, name));
  io.stdout.write(`removed ${name}\n`);
  if (place.settings.default === name)
    io.stderr.write('It was the default; choose another: sluice auth default NAME\n');
  return exitCodes.succeeded;
}
