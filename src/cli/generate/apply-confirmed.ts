import { describeRef, refOf } from '../../analyze/object-name.ts';
import { applyChanges, type ApplyEnd } from '../../runner/generate/apply-changes.ts';
import { previewChanges, type Preview } from '../../runner/generate/preview-changes.ts';
import type { CommandContext } from '../command-context.ts';
import type { GenerateFlags } from '../commands/generate.ts';
import { exitCodes } from '../exit-code.ts';
import { withoutCommands } from '../render/github-annotation.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import type { Style } from '../terminal/style.ts';
import { diffText } from './diff-text.ts';
import type { Target } from './target.ts';

/** Shows what would change, has it confirmed, makes sure that it is still the same, and applies it. */
export async function applyConfirmed(
  { cluster, place }: Target,
  preview: Preview,
  flags: GenerateFlags,
  context: CommandContext,
): Promise<number> {
  const { io } = context;
  const { changes, digest } = preview;
  const report = reportOn(flags, context);
  report.write(await diffText(changes, report.style));
  if (changes.every(({ kind }) => kind === 'same')) {
    report.write('no changes\n');
    return exitCodes.succeeded;
  }
  if (!(await isConfirmed(preview, place, flags, context))) return exitCodes.refused;
  const manifests = changes.map(({ manifest }) => manifest);
  const again = await previewChanges(cluster, place, manifests);
  if (again.digest !== digest) {
    io.stderr.write(`Not applied: the cluster changed meanwhile; the digest is now ${again.digest}.\n`);
    return exitCodes.refused;
  }
  return sayEnd(await applyChanges(cluster, again.changes), report, context);
}

/** Where people read what happens: of `-o json`, standard output holds nothing but objects. */
interface Report {
  readonly write: (text: string) => void;
  readonly style: Style;
}

function reportOn({ output }: GenerateFlags, { io, out, err }: CommandContext): Report {
  const stream = output === 'json' ? io.stderr : io.stdout;
  return {
    write: (text) => stream.write(withoutCommands(text, io)),
    style: output === 'json' ? err : out,
  };
}

/** Where nobody can answer, `--yes` has to; a digest that is given has to be that of these changes. */
async function isConfirmed(
  { changes, digest }: Preview,
  place: string,
  flags: GenerateFlags,
  { io }: CommandContext,
): Promise<boolean> {
  if (flags.digest !== undefined && flags.digest !== digest) {
    io.stderr.write(`Not applied: the changes have the digest ${digest}, not ${cleanLine(flags.digest)}.\n`);
    return false;
  }
  if (flags.yes === true) return true;
  if (io.readLine === undefined) {
    io.stderr.write(
      `Not applied: nobody can be asked. Add --yes --digest ${digest} to apply exactly this.\n`,
    );
    return false;
  }
  const count = changes.filter(({ kind }) => kind !== 'same').length;
  const objects = count === 1 ? '1 object' : `${count} objects`;
  const line = await io.readLine(`Apply ${objects} to ${cleanLine(place)} (digest ${digest})? [yes/no] `);
  if (/^y(?:es)?$/i.test(line.trim())) return true;
  io.stderr.write('Not applied.\n');
  return false;
}

function sayEnd({ done, failed, left }: ApplyEnd, { write, style }: Report, { io }: CommandContext): number {
  for (const { manifest, outcome } of done)
    write(`${style.green(outcome)} ${cleanLine(describeRef(refOf(manifest, '')))}\n`);
  if (failed === undefined) return exitCodes.succeeded;
  const name = describeRef(refOf(failed.manifest, ''));
  io.stderr.write(`${cleanLine(`${name} could not be applied: ${failed.error.message}`)}\n`);
  const rest = left.length === 0 ? '' : ` ${left.length} more were not tried.`;
  io.stderr.write(
    `What is listed as created or changed stays.${rest} Mend the cause and run the same command again: what is there already stays as it is.\n`,
  );
  return exitCodes.failed;
}
