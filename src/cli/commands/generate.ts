import type { ParameterFlags } from '../generate/parameter-flags.ts';
import { proceduresJson, proceduresText } from '../generate/list-procedures.ts';
import { withTarget } from '../generate/target.ts';
import { changeFiles } from '../generate/change.ts';
import { chooseWhatToMake } from '../generate/choose.ts';
import { deliver } from '../generate/deliver.ts';
import type { CommandContext, SessionFlags } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { withoutCommands } from '../render/github-annotation.ts';
import { objectText, type ObjectFormat } from '../render/object-output.ts';
import { openReportFile } from '../reports/report-file.ts';

export interface GenerateFlags extends SessionFlags, ParameterFlags {
  readonly list?: boolean;
  readonly from?: readonly string[];
  readonly procedure?: string;
  readonly namespace?: string;
  readonly apply?: boolean;
  readonly yes?: boolean;
  readonly digest?: string;
  readonly allowFindings?: boolean;
  readonly out?: string;
  readonly output: ObjectFormat;
  /** False with `--no-model`. */
  readonly model?: boolean | string;
  readonly server?: string;
  /** False with `--no-cache`. */
  readonly cache: boolean;
}

/**
 * Makes manifests of a request, checks and audits them, and prints them, or with `--apply` shows what would change and applies
 * it. Exit code 2 when something has to be said first, or is wrong with it: nothing was applied.
 */
export async function generate(
  words: readonly string[],
  flags: GenerateFlags,
  context: CommandContext,
): Promise<number> {
  const { io, out } = context;
  if (flags.list === true) {
    const isText = flags.output !== 'json';
    io.stdout.write(isText ? proceduresText(out) : await objectText(proceduresJson(), 'json'));
    return exitCodes.succeeded;
  }
  const file = flags.out === undefined ? undefined : await openReportFile('--out', flags.out, io.cwd);
  const guarded = withoutCommandsOnStderr(context);
  return withTarget(flags, guarded, async (target) => {
    const request = words.join(' ');
    const chosen =
      flags.from === undefined
        ? await chooseWhatToMake(request, flags, guarded)
        : await changeFiles(flags.from, request, flags, guarded);
    return typeof chosen === 'number' ? chosen : deliver(chosen, target, flags, file, guarded);
  });
}

/** What requests, models and clusters say is repeated there, and a CI job must not take it for commands. */
function withoutCommandsOnStderr(context: CommandContext): CommandContext {
  const { io } = context;
  const write = (text: string): void => io.stderr.write(withoutCommands(text, io));
  return { ...context, io: { ...io, stderr: { ...io.stderr, write } } };
}
