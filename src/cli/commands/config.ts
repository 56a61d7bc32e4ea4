import { readFile } from 'node:fs/promises';
import { delimiter, resolve } from 'node:path';
import { SluiceError } from '../../api/errors.ts';
import { nearest } from '../../step-types/nearest.ts';
import type { CommandContext } from '../command-context.ts';
import { readConfig, writeConfig } from '../config-file.ts';
import { exitCodes } from '../exit-code.ts';
import { stateDirectory } from '../state-directory.ts';

export interface ConfigFlags {
  readonly stateDir?: string;
  readonly kubeconfig?: string;
}

/** Remembers a context of the kubeconfig: from now on `workflow` and `def` act on its cluster. */
export async function configUseContext(
  name: string,
  flags: ConfigFlags,
  { io }: CommandContext,
): Promise<number> {
  const contexts = await contextNames(flags, io);
  if (contexts !== undefined && !contexts.includes(name)) {
    const near = nearest(name, contexts);
    throw new SluiceError('invalid', 'NoSuchContext', `there is no context ${name} in the kubeconfig`, {
      hint: near === undefined ? `There are: ${contexts.join(', ') || 'none'}` : `Did you mean ${near}?`,
    });
  }
  if (contexts === undefined) io.stderr.write('warning: there is no kubeconfig to check the name against\n');
  const stateDir = stateDirectory(flags.stateDir, io);
  await writeConfig(stateDir, { ...(await readConfig(stateDir)), context: name });
  io.stdout.write(`workflow and def now act on the cluster of context ${name}\n`);
  return exitCodes.succeeded;
}

export async function configCurrent(flags: ConfigFlags, { io }: CommandContext): Promise<number> {
  const { context } = await readConfig(stateDirectory(flags.stateDir, io));
  if (context === undefined) io.stderr.write('No context is remembered: everything is local.\n');
  else io.stdout.write(`${context}\n`);
  return exitCodes.succeeded;
}

export async function configUnset(flags: ConfigFlags, { io }: CommandContext): Promise<number> {
  const stateDir = stateDirectory(flags.stateDir, io);
  const { context: _, ...others } = await readConfig(stateDir);
  await writeConfig(stateDir, others);
  io.stdout.write('workflow and def act locally\n');
  return exitCodes.succeeded;
}

/** Undefined when there is no kubeconfig. Several files of KUBECONFIG count together, as for kubectl. */
async function contextNames(
  { kubeconfig }: ConfigFlags,
  { env, home, cwd }: CommandContext['io'],
): Promise<readonly string[] | undefined> {
  const fromEnv = (env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  const paths =
    kubeconfig !== undefined ? [kubeconfig] : fromEnv.length > 0 ? fromEnv : [`${home}/.kube/config`];
  const { readDocuments } = await import('../../yaml/read-documents.ts');
  const { listField, textField } = await import('../kube/field.ts');
  let names: string[] | undefined;
  for (const path of paths) {
    const text = await readFile(resolve(cwd, path)).catch(() => undefined);
    if (text === undefined) continue;
    const documents = readDocuments(text, path).documents.map(({ value }) => value);
    const found = documents.flatMap((value) => listField(value, 'contexts'));
    names = [...(names ?? []), ...found.map((item) => textField(item, 'name'))];
  }
  if (names === undefined && kubeconfig !== undefined)
    throw new SluiceError('invalid', 'UnreadableFile', `cannot read the kubeconfig ${kubeconfig}`);
  return names;
}
