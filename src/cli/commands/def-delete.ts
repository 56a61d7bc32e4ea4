import type { Session } from '../../runner/session.ts';
import type { CommandContext, SessionFlags } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { refuseCluster } from '../place.ts';
import { withSession } from '../with-session.ts';

/** Removes installed step types; a built-in of the same name counts again. */
export async function defDelete(
  names: readonly string[],
  flags: SessionFlags,
  context: CommandContext,
): Promise<number> {
  const { io } = context;
  await refuseCluster(context, flags);
  return withSession(context, flags, async (session) => {
    let code: number = exitCodes.succeeded;
    for (const name of names) {
      if (await session.definitions.delete(name)) {
        io.stdout.write(`WorkflowStepDefinition ${name} deleted\n`);
      } else {
        io.stderr.write(`error: ${await absence(name, session)}\n`);
        code = exitCodes.failed;
      }
    }
    return code;
  });
}

async function absence(name: string, session: Session): Promise<string> {
  const found = (await session.stepTypes([])).find((stepType) => stepType.name === name);
  return found === undefined
    ? `no step type ${name} is installed`
    : `step type ${name} is ${found.origin} and cannot be deleted`;
}
