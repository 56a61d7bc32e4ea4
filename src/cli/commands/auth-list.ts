import type { ServerEntry } from '../../llm/settings/read-settings.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { openSettings, type SettingsFlags } from '../models/settings-place.ts';
import { objectText } from '../render/object-output.ts';
import { table } from '../terminal/table.ts';

export interface AuthListFlags extends SettingsFlags {
  readonly output: 'text' | 'json' | 'yaml';
}

/** The servers of models that were set up. Of a key it is said whether there is one. */
export async function authList(flags: AuthListFlags, { io }: CommandContext): Promise<number> {
  const { settings, path } = await openSettings(flags, io);
  const rows = settings.servers.map((server) => ({
    name: server.name,
    default: server.name === settings.default,
    kind: server.kind,
    url: server.baseUrl,
    ...(server.apiVersion === undefined ? {} : { apiVersion: server.apiVersion }),
    ...(server.model === undefined ? {} : { model: server.model }),
    key: keyText(server, io.env),
    hosts: server.hosts,
  }));
  if (flags.output !== 'text') io.stdout.write(await objectText(rows, flags.output));
  else if (rows.length === 0)
    io.stderr.write(`No server of models is set up in ${path}. Set one up: sluice auth add\n`);
  else {
    const cells = rows.map((row) => [
      `${row.name}${row.default ? ' *' : ''}`,
      row.kind,
      row.url,
      row.model ?? '<none>',
      row.key,
      row.hosts.join(','),
    ]);
    io.stdout.write(table([['NAME', 'KIND', 'URL', 'MODEL', 'KEY', 'KEY GOES TO'], ...cells]));
  }
  return exitCodes.succeeded;
}

function keyText({ key, keyFromEnv }: ServerEntry, env: CommandContext['io']['env']): string {
  if (key !== undefined) return 'set';
  if (keyFromEnv === undefined) return 'none';
  const isThere = (env[keyFromEnv] ?? '').trim() !== '';
  return isThere ? `from env ${keyFromEnv}` : `missing: ${keyFromEnv} is not set`;
}
