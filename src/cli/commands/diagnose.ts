import { isAtLeast, type Severity } from '../../analyze/finding.ts';
import { investigate, type Investigated } from '../../runner/diagnose/investigate.ts';
import { askWhich, type Asked } from '../diagnose/ask-which.ts';
import type { Diagnosis } from '../diagnose/diagnosis.ts';
import type { ExplainOnceFlags } from '../analyze/explain/explain-once.ts';
import { explainObject } from '../diagnose/explain-object.ts';
import { findSubject } from '../diagnose/find-subject.ts';
import { withPlaceOf, type PlaceFlags } from '../diagnose/open-place.ts';
import { printAsked, printDiagnosis, type OutputFormat } from '../diagnose/print-diagnosis.ts';
import { promptText } from '../dry-run/prompt-text.ts';
import { SluiceError } from '../../api/errors.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';

export interface DiagnoseFlags extends PlaceFlags, ExplainOnceFlags {
  readonly namespace?: string;
  readonly output: OutputFormat;
  readonly failOn?: Severity;
  readonly logs: string;
}

type Seen = { readonly isWhole: boolean } & (
  | { readonly kind: 'object'; readonly seen: Investigated }
  | { readonly kind: 'asked'; readonly asked: Asked }
);

/**
 * Prints what is wrong with one object, by rules and then by a model where one is set up. Exit code 0 whatever is found, unless
 * it is at or above `--fail-on`; 2 when it is not clear which object is meant, when a file could not be read, and with
 * `--fail-on` when what could not be looked at may hide a problem.
 */
export async function diagnose(
  words: readonly string[],
  flags: DiagnoseFlags,
  context: CommandContext,
): Promise<number> {
  const { io, out } = context;
  const logLines = linesOption(flags.logs);
  const looked = await withPlaceOf(flags, context, async ({ cluster, isWhole }): Promise<Seen> => {
    const subject = await findSubject(words, flags.namespace, cluster);
    const nowMs = io.now();
    return subject.kind === 'object'
      ? { isWhole, kind: 'object', seen: await investigate(cluster, subject.ref, { nowMs, logLines }) }
      : { isWhole, kind: 'asked', asked: await askWhich(subject, flags.namespace, cluster, nowMs) };
  });
  if (looked.kind === 'asked') {
    await printAsked(looked.asked, flags.output, context);
    const { isWell, unchecked } = looked.asked;
    return looked.isWhole && isWell && unchecked === 0 ? exitCodes.succeeded : exitCodes.refused;
  }
  const { investigation } = looked.seen;
  const isAsked =
    flags.model !== false && investigation.causes.length > 0 && investigation.health !== 'healthy';
  const explained = isAsked ? await explainObject(looked.seen, flags, context) : undefined;
  if (explained?.kind === 'previews') {
    for (const preview of explained.previews) io.stdout.write(`${promptText(preview, 'diagnose', out)}\n`);
    return exitCodes.succeeded;
  }
  const diagnosis: Diagnosis = {
    investigation,
    logLines,
    ...(explained?.kind === 'explained' ? { explanation: explained.explanation } : {}),
  };
  await printDiagnosis(diagnosis, flags.output, context);
  if (explained?.kind === 'stopped') return explained.code;
  return looked.isWhole ? exitCodeOf(diagnosis, flags.failOn) : exitCodes.refused;
}

function exitCodeOf({ investigation }: Diagnosis, failOn: Severity | undefined): number {
  if (failOn === undefined) return exitCodes.succeeded;
  if (investigation.causes.some(({ severity }) => isAtLeast(severity, failOn))) return exitCodes.failed;
  return investigation.mayHide || investigation.health === 'unknown'
    ? exitCodes.refused
    : exitCodes.succeeded;
}

const mostLines = 2000;

function linesOption(text: string): number {
  if (/^\d{1,4}$/.test(text) && Number(text) <= mostLines) return Number(text);
  throw new SluiceError(
    'invalid',
    'BadOption',
    `--logs ${text}: expected a whole number from 0 to ${mostLines}`,
  );
}
