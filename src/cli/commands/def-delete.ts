import type { Backend } from '../../runner/backend.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { packageNamed } from './package-name.ts';
import { withBackend, type BackendFlags } from '../with-backend.ts';

/** Removes installed step types and Packages (`package/NAME`); a built-in of the same name counts again. */
export async function defDelete(
  names: readonly string[],
  flags: BackendFlags,
  context: CommandContext,
): Promise<number> {
  const { io } = context;
  return withBackend(context, flags, async (place) => {
    let code: number = exitCodes.succeeded;
    for (const name of names) {
      const packageName = packageNamed(name);
      if (packageName !== undefined) {
        if (await place.deletePackage(packageName)) io.stdout.write(`Package ${packageName} deleted\n`);
        else {
          io.stderr.write(`error: no Package ${packageName} is installed\n`);
          code = exitCodes.failed;
        }
      } else if (await place.deleteDefinition(name)) {
        io.stdout.write(`WorkflowStepDefinition ${name} deleted\n`);
      } else {
        io.stderr.write(`error: ${await absence(name, place)}\n`);
        code = exitCodes.failed;
      }
    }
    return code;
  });
}

async function absence(name: string, backend: Backend): Promise<string> {
  const found = (await backend.stepTypes([])).find((stepType) => stepType.name === name);
  if (found === undefined) return `no step type ${name} is installed`;
  return found.namespace === undefined
    ? `step type ${name} is ${found.origin} and cannot be deleted`
    : `step type ${name} is in namespace ${found.namespace}: name it with -n`;
}
