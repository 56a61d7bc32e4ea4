import { isAtLeast, type Finding } from '../../analyze/finding.ts';
import { describeRef, refOf } from '../../analyze/object-name.ts';
import { openBundledSchemas } from '../../cluster/bundled-schemas.ts';
import { openServedSchemas } from '../../cluster/openapi/served-schemas.ts';
import { checkManifests, type ManifestCheck } from '../../runner/generate/check-manifests.ts';
import { previewChanges, type Preview } from '../../runner/generate/preview-changes.ts';
import type { CommandContext } from '../command-context.ts';
import type { GenerateFlags } from '../commands/generate.ts';
import { exitCodes } from '../exit-code.ts';
import { listObject, objectText } from '../render/object-output.ts';
import { replaceReport, type ReportFile } from '../reports/report-file.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import { applyConfirmed } from './apply-confirmed.ts';
import type { Chosen } from './choose.ts';
import { checkText, previewText } from './summary.ts';
import type { Target } from './target.ts';

/** Checks what was chosen against the cluster, prints it, and with `--apply` applies it. Returns the exit code. */
export async function deliver(
  { manifests }: Chosen,
  { cluster, place }: Target,
  flags: GenerateFlags,
  file: ReportFile | undefined,
  context: CommandContext,
): Promise<number> {
  const { io, err } = context;
  const schemas = openServedSchemas(cluster, await openBundledSchemas());
  const check = await checkManifests(manifests, schemas);
  io.stderr.write(checkText(check, schemas.source, manifests.length, err));
  const text = await manifestsText(manifests, flags.output);
  if (file !== undefined) await replaceReport(file, text);
  const isApplied = flags.apply === true;
  if (!isApplied && file === undefined) io.stdout.write(text);
  if (check.faults.length > 0) return exitCodes.refused;
  const grave = graveFindings(check);
  if (isApplied && grave.length > 0 && flags.allowFindings !== true) {
    io.stderr.write('Not applied: there are critical or high findings. See --allow-findings.\n');
    return exitCodes.refused;
  }
  const preview = await previewChanges(cluster, place, manifests);
  io.stderr.write(previewText(preview, place, err));
  if (preview.refusals.length > 0) return sayRefusals(preview, context);
  return isApplied ? applyConfirmed({ cluster, place }, preview, flags, context) : exitCodes.succeeded;
}

async function manifestsText(
  manifests: Chosen['manifests'],
  format: GenerateFlags['output'],
): Promise<string> {
  if (format === 'json') return objectText(listObject(manifests), 'json');
  const texts = await Promise.all(manifests.map((manifest) => objectText(manifest, 'yaml')));
  return texts.join('---\n');
}

export function graveFindings({ audit }: Pick<ManifestCheck, 'audit'>): readonly Finding[] {
  return audit.findings.filter(({ severity }) => isAtLeast(severity, 'high'));
}

function sayRefusals({ refusals }: Preview, { io }: CommandContext): number {
  for (const { manifest, error } of refusals)
    io.stderr.write(`${cleanLine(`${describeRef(refOf(manifest, ''))}: ${error.message}`)}\n`);
  io.stderr.write('The cluster refuses this in a dry run; nothing was applied.\n');
  return exitCodes.refused;
}
