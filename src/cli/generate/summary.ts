import { describeRef, refOf } from '../../analyze/object-name.ts';
import type { ManifestCheck } from '../../runner/generate/check-manifests.ts';
import type { Preview } from '../../runner/generate/preview-changes.ts';
import { paintSeverity } from '../analyze/finding-text.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import type { Style } from '../terminal/style.ts';

/** What the schemas and the audit say, a line for each fault and finding. */
export function checkText(
  { faults, unchecked, audit, score }: ManifestCheck,
  source: string,
  count: number,
  style: Style,
): string {
  const lines = [
    faults.length === 0
      ? `schema: ${count - unchecked.length} of ${count} objects fit ${source}`
      : style.red(`schema: ${faults.length} faults against ${source}`),
    ...faults.map(({ object, fault }) => {
      const near = fault.suggestion === undefined ? '' : ` (did you mean ${fault.suggestion}?)`;
      return cleanLine(`  ${describeRef(object)} ${fault.path} ${fault.message}${near}`);
    }),
    ...unchecked.map((object) =>
      style.yellow(
        cleanLine(`  ${describeRef(object)}: no schema of this kind is known, so it was not checked`),
      ),
    ),
    `audit: ${score === undefined ? 'no rule is about these kinds' : `${score.worst} of 100`}${audit.findings.length === 0 ? ', no findings' : ''}`,
    ...audit.findings.map(
      ({ severity, id, object, text }) =>
        `  ${paintSeverity(severity, style)}  ${cleanLine(`${describeRef(object)}  ${id}: ${text}`)}`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

/** What would happen to each object. */
export function previewText({ changes, digest }: Preview, place: string, style: Style): string {
  const lines = changes.map(({ manifest, kind, isTried }) => {
    const waits = isTried ? '' : style.dim(' (a dry run waits for its namespace)');
    return `  ${kind.padEnd(8)}${cleanLine(describeRef(refOf(manifest, '')))}${waits}`;
  });
  return `${[`on ${cleanLine(place)}, digest ${digest}:`, ...lines].join('\n')}\n`;
}
