import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { versionText } from '../version.ts';

export async function version({ io }: CommandContext): Promise<number> {
  io.stdout.write(`sluice ${await versionText()} (Node ${process.versions.node})\n`);
  return exitCodes.succeeded;
}
