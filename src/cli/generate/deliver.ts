import { isAtLeast } from '../../analyze/finding.ts';
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
  chosen: Chosen,
  { cluster, place }: Target,
  flags: GenerateFlags,
  file: ReportFile | undefined,
  context: CommandContext,
): Promise<number> {
  const { io, err } = context;
  const { manifests, isFree } = chosen;
  const schemas = openServedSchemas(cluster, await openBundledSchemas());
  if (isFree)
    io.stderr.write(
      `${err.yellow('A model wrote these manifests, no procedure made them: read every line.')}\n`,
    );
  const check = await checkManifests(manifests, schemas);
  io.stderr.write(checkText(check, schemas.source, manifests.length, err));
  const text = await manifestsText(manifests, flags.output);
  if (file !== undefined) await replaceReport(file, text);
  const isApplied = flags.apply === true;
  if (!isApplied && file === undefined) io.stdout.write(text);
  if (check.faults.length > 0) return exitCodes.refused;
  const wall = isApplied ? wallOf(check, chosen, flags) : undefined;
  if (wall !== undefined) {
    io.stderr.write(`Not applied: ${wall}\n`);
    return exitCodes.refused;
  }
  const preview = await previewChanges(cluster, place, manifests);
  io.stderr.write(previewText(preview, place, err));
  if (preview.refusals.length > 0) return sayRefusals(preview, context);
  if (!isApplied) return exitCodes.succeeded;
  const code = await applyConfirmed({ cluster, place }, preview, flags, context);
  if (code === exitCodes.succeeded && flags.output === 'json' && file === undefined) io.stdout.write(text);
  return code;
}

async function manifestsText(
  manifests: Chosen['manifests'],
  format: GenerateFlags['output'],
): Promise<string> {
  if (format === 'json') return objectText(listObject(manifests), 'json');
  const texts = await Promise.all(manifests.map((manifest) => objectText(manifest, 'yaml')));
  return texts.join('---\n');
}

/** What stands in the way of applying; undefined where nothing does. What a model wrote goes nowhere unseen. */
function wallOf(
  { audit, unchecked }: ManifestCheck,
  { isFree, unread }: Chosen,
  { allowFindings, yes, digest }: GenerateFlags,
): string | undefined {
  const isGrave = audit.findings.some(({ severity }) => isAtLeast(severity, 'high'));
  if (isGrave && allowFindings !== true) return 'there are critical or high findings. See --allow-findings.';
  if (yes !== true) return undefined;
  if (unread.length > 0 && digest === undefined)
    return 'words of the request were not understood, so --yes needs the --digest of what was shown.';
  if (!isFree) return undefined;
  if (isGrave)
    return 'with such findings --yes does not do for what a model wrote: someone has to confirm it.';
  if (unchecked.length > 0)
    return 'no schema is known of some of what a model wrote: --yes does not do, someone has to confirm it.';
  return digest === undefined
    ? 'for what a model wrote, --yes needs the --digest of what was shown.'
    : undefined;
}

function sayRefusals({ refusals }: Preview, { io }: CommandContext): number {
  for (const { manifest, error } of refusals)
    io.stderr.write(`${cleanLine(`${describeRef(refOf(manifest, ''))}: ${error.message}`)}\n`);
  io.stderr.write('The cluster refuses this in a dry run; nothing was applied.\n');
  return exitCodes.refused;
}
