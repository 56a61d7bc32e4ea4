import type { Fault } from '../api/fault.ts';
import type { InputFile } from '../runner/session.ts';
import type { CommandContext } from './command-context.ts';
import { faultText } from './render/fault-text.ts';
import { annotateFaults } from './render/github-annotation.ts';

/** Prints faults with the lines they stand in, and as annotations in GitHub Actions. False when one of them is an error. */
export function printFaults(
  { io, out, err, annotations }: CommandContext,
  faults: readonly Fault[],
  files: readonly InputFile[],
  stream: 'stdout' | 'stderr',
): boolean {
  const texts = new Map(files.map(({ name, bytes }) => [name, new TextDecoder().decode(bytes)]));
  for (const fault of faults) io[stream].write(faultText(fault, texts, stream === 'stdout' ? out : err));
  annotateFaults(faults, annotations);
  return faults.every(({ severity }) => severity !== 'error');
}
