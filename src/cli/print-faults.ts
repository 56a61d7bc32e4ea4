import { coverSecrets } from '../analyze/secrets/mask-secrets.ts';
import type { Fault } from '../api/fault.ts';
import type { InputFile } from '../runner/session.ts';
import type { CommandContext } from './command-context.ts';
import { faultText } from './render/fault-text.ts';
import { annotateFaults } from './render/github-annotation.ts';

/** Prints faults with the lines they stand in, secrets covered, and as annotations in GitHub Actions. False when one of them is an error. */
export function printFaults(
  { io, out, err, annotations }: CommandContext,
  faults: readonly Fault[],
  files: readonly InputFile[],
  stream: 'stdout' | 'stderr',
): boolean {
  const named = new Set(faults.map(({ file }) => file));
  const shown = files.filter(({ name }) => named.has(name));
  // Somebody may have handed over the wrong file, and logs of CI are read by many.
  const texts = new Map(
    shown.map(({ name, bytes }) => [name, coverSecrets(new TextDecoder().decode(bytes))]),
  );
  for (const fault of faults) io[stream].write(faultText(fault, texts, stream === 'stdout' ? out : err));
  annotateFaults(faults, annotations);
  return faults.every(({ severity }) => severity !== 'error');
}
