import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { messageOf, SluiceError } from '../../api/errors.ts';
import type { Fault } from '../../api/fault.ts';
import { openCueEngine, type CueEngine } from '../../cue/engine.ts';
import type { CuePackage } from '../../cue/user-package.ts';
import { opSpecs } from '../../ops/registry.ts';
import { definitionCue } from '../../runner/definition-cue.ts';
import { definitionObject } from '../../runner/definition-object.ts';
import { vetStepTypes } from '../../runner/definitions.ts';
import { visiblePackages } from '../../runner/packages.ts';
import type { StepTypeSource } from '../../step-types/step-type.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { readDefinitionFiles } from '../input-files.ts';
import { printFaults } from '../print-faults.ts';
import { faultCount } from '../render/fault-text.ts';
import { objectText } from '../render/object-output.ts';

export interface DefRenderFlags {
  readonly format: 'yaml' | 'cue';
  readonly output?: string;
}

interface Rendered {
  readonly name: string;
  readonly file: string;
  readonly text: string;
}

/** Writes step types in the other form, the object that a cluster takes or a CUE file; all of them, or none when one has an error. */
export async function defRender(
  named: string,
  { format, output }: DefRenderFlags,
  context: CommandContext,
): Promise<number> {
  const { io } = context;
  const files = await readDefinitionFiles([named], io);
  const cue = openCueEngine({ ops: opSpecs });
  try {
    const { faults, sources, packages } = await vetStepTypes(files, { ops: opSpecs, cue });
    if (!printFaults(context, faults, files, 'stderr')) {
      io.stderr.write(`${faultCount(faults)}; nothing was rendered\n`);
      return exitCodes.refused;
    }
    const rendered: Rendered[] = [];
    const visible = visiblePackages(packages);
    for (const source of sources) rendered.push(await render(source, format, cue, visible));
    if (output === undefined) io.stdout.write(joined(rendered, format));
    else await write(rendered, format, output, context);
    return exitCodes.succeeded;
  } finally {
    await cue.close();
  }
}

async function render(
  source: StepTypeSource,
  format: 'yaml' | 'cue',
  cue: CueEngine,
  packages: readonly CuePackage[],
): Promise<Rendered> {
  const { name, file } = source;
  if (source.format === format) return { name, file, text: source.text };
  const object = await definitionObject(source, cue);
  if (format === 'yaml') return { name, file, text: await objectText(object, 'yaml') };
  const text = definitionCue(object);
  const bytes = new TextEncoder().encode(text);
  // What it was made of compiles: if this does not, it cannot be said in a file.
  const written = { name: `${name}.cue`, bytes };
  const { faults } = await vetStepTypes([written], { ops: opSpecs, cue }, packages);
  const error = faults.find(({ severity }: Fault) => severity === 'error');
  if (error !== undefined)
    throw new SluiceError(
      'invalid',
      'NotRendered',
      `${file} cannot be written as a CUE file: ${error.message}`,
    );
  return { name, file, text };
}

/** YAML documents of one stream; a CUE file holds one definition, so that several need a directory. */
function joined(rendered: readonly Rendered[], format: 'yaml' | 'cue'): string {
  const [only, ...more] = rendered;
  if (only !== undefined && more.length === 0) return only.text;
  if (format === 'yaml') return rendered.map(({ file, text }) => `---\n# ${file}\n${text}`).join('');
  throw new SluiceError(
    'invalid',
    'SeveralFiles',
    `a CUE file holds one step type, and there are ${rendered.length}`,
    {
      hint: 'Name a directory to write them to: -o DIR',
    },
  );
}

/** Several go into a directory, a file each. */
async function write(
  rendered: readonly Rendered[],
  format: 'yaml' | 'cue',
  output: string,
  { io }: CommandContext,
): Promise<void> {
  const target = resolve(io.cwd, output);
  const isDirectory =
    rendered.length > 1 || (await stat(target).catch(() => undefined))?.isDirectory() === true;
  try {
    if (isDirectory) await mkdir(target, { recursive: true });
    for (const { name, text } of rendered) {
      const path = isDirectory ? join(output, `${name}.${format}`) : output;
      await writeFile(resolve(io.cwd, path), text);
      io.stdout.write(`Definition written to ${path}\n`);
    }
  } catch (error) {
    throw new SluiceError('invalid', 'UnwritableFile', `cannot write ${output}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
