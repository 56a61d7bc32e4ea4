import { auditRules } from '../../analyze/audit.ts';
import { mayHideMore } from '../../analyze/cluster/read-gap.ts';
import { applyExemptions } from '../../analyze/exemptions/apply-exemptions.ts';
import { compareSeverity, isAtLeast, type Severity } from '../../analyze/finding.ts';
import { scoreObjects } from '../../analyze/score-set.ts';
import { SluiceError } from '../../api/errors.ts';
import { readExemptionsFile } from '../analyze/accepted.ts';
import type { ExplainOnceFlags } from '../analyze/explain/explain-once.ts';
import { mustHaveRoom } from '../analyze/explain/explain.ts';
import { explainAudit } from '../audit/explain-audit.ts';
import { promptText } from '../dry-run/prompt-text.ts';
import { imageFindingIds } from '../audit/images/image-findings.ts';
import { scanImages, type ImageFlags } from '../audit/images/scan-images.ts';
import { look, type LookFlags } from '../audit/look.ts';
import { printAudit, type OutputFormat } from '../audit/print-audit.ts';
import type { AuditReport } from '../audit/report.ts';
import type { CommandContext } from '../command-context.ts';
import { parseDurationOption } from '../duration-option.ts';
import { exitCodes } from '../exit-code.ts';

export interface AuditFlags extends LookFlags, ImageFlags, ExplainOnceFlags {
  readonly explain?: boolean;
  readonly ignore?: string;
  readonly failOn?: Severity;
  readonly minScore?: string;
  readonly imageTimeout: string;
  readonly output: OutputFormat;
}

/**
 * Prints what is wrong with how objects are written. Exit code 0 also with findings, unless one is at or above `--fail-on` or
 * an object scores below `--min-score`; 2 when a file could not be read, and with either, when what could not be judged may
 * hide one.
 */
export async function audit(
  name: string | undefined,
  flags: AuditFlags,
  context: CommandContext,
): Promise<number> {
  const { io } = context;
  mustHaveRoom(flags);
  const minScore = scoreOption(flags.minScore);
  const imageTimeoutMs = parseDurationOption('--image-timeout', flags.imageTimeout);
  const knownRules = [...auditRules.map(({ id }) => id), ...imageFindingIds];
  const ignored = flags.ignore;
  const exemptions = ignored === undefined ? [] : await readExemptionsFile(ignored, context, knownRules);
  if (exemptions === undefined) return exitCodes.refused;
  const seen = await look(name, flags, context);
  const images = await scanImages(seen, flags, imageTimeoutMs, io);
  const all = [...seen.findings, ...images.findings].toSorted(compareSeverity);
  const { kept, ...exempted } = applyExemptions(all, exemptions, io.now());
  const report: AuditReport = {
    audited: { ...seen, findings: kept },
    score: scoreObjects(seen.objects, kept),
    images,
    ...(ignored === undefined ? {} : { exemptions: exempted }),
  };
  const isAsked = flags.explain === true && kept.length > 0;
  const explained = isAsked ? await explainAudit(report, flags, context) : undefined;
  if (explained?.kind === 'previews') {
    for (const preview of explained.previews)
      io.stdout.write(`${promptText(preview, 'audit', context.out)}\n`);
    return exitCodes.succeeded;
  }
  const { explanation } = explained?.kind === 'explained' ? explained : {};
  await printAudit({ ...report, ...(explanation === undefined ? {} : { explanation }) }, flags, context);
  if (explained?.kind === 'stopped') return explained.code;
  return exitCodeOf(report, flags.failOn, minScore);
}

function exitCodeOf(
  { audited, score, images }: AuditReport,
  failOn: Severity | undefined,
  minScore: number | undefined,
): number {
  if (!audited.isWhole) return exitCodes.refused;
  if (failOn === undefined && minScore === undefined) return exitCodes.succeeded;
  if (failOn !== undefined && audited.findings.some(({ severity }) => isAtLeast(severity, failOn)))
    return exitCodes.failed;
  if (minScore !== undefined && score !== undefined && score.worst < minScore) return exitCodes.failed;
  const isHidden = audited.notJudged.some(mayHideMore) || images.notScanned.length > 0;
  return isHidden || score === undefined ? exitCodes.refused : exitCodes.succeeded;
}

function scoreOption(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,3}$/.test(text) && Number(text) <= 100) return Number(text);
  throw new SluiceError('invalid', 'BadOption', `--min-score ${text}: expected a whole number from 0 to 100`);
}
