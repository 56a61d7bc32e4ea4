import type { Finding, Severity } from '../../../analyze/finding.ts';
import { refOf } from '../../../analyze/object-name.ts';
import type { Workload } from '../../../analyze/pod-template.ts';
import { quoteText } from '../../../analyze/quote-text.ts';
import { textAt } from '../../../analyze/json-fields.ts';
import type { ReportFinding } from '../../../gate/reports/report.ts';

/** One id a severity: the findings of an image are told apart by it. */
const ids: Readonly<Record<Severity, string>> = {
  critical: 'CriticalVulnerabilities',
  high: 'HighVulnerabilities',
  medium: 'MediumVulnerabilities',
  low: 'LowVulnerabilities',
  info: 'UnratedVulnerabilities',
};

/** Every id that a finding about an image can have. */
export const imageFindingIds: readonly string[] = Object.values(ids);

/** More than these are of no help here: Trivy itself has the whole list. */
const mostQuoted = 3;

/** What was found in the images of a workload: one finding for each image and severity, at the first container that has it. */
export function imageFindings(
  workload: Workload,
  cluster: string,
  found: ReadonlyMap<string, readonly ReportFinding[]>,
): readonly Finding[] {
  const byImage = Map.groupBy(workload.containers, ({ spec }) => textAt(spec, 'image'));
  return [...byImage].flatMap(([image, [first]]) => {
    if (first === undefined) return [];
    const bySeverity = Map.groupBy(found.get(image) ?? [], ({ severity }) => severity);
    return [...bySeverity].map(([severity, vulnerabilities]): Finding => {
      const count = new Set(vulnerabilities.map(({ rule }) => rule)).size;
      const said = severity === 'info' ? 'unrated' : severity;
      return {
        id: ids[severity],
        severity,
        category: 'image',
        object: refOf(workload.object, cluster),
        container: first.name,
        fieldPath: `${first.path}.image`,
        text: `Trivy knows ${count} ${said} ${count === 1 ? 'vulnerability' : 'vulnerabilities'} of image "${quoteText(image, 200)}": ${namesOf(vulnerabilities)}.`,
        fix: 'Use a newer version of the image, or one with fewer packages; trivy image lists what is fixed in which version.',
        evidence: firstOfEach(vulnerabilities)
          .slice(0, mostQuoted)
          .map(({ rule, place, message }) => ({
            source: `${quoteText(rule, 60)} in ${quoteText(place, 120)}`,
            text: quoteText(message, 200),
          })),
      };
    });
  });
}

function namesOf(vulnerabilities: readonly ReportFinding[]): string {
  const names = firstOfEach(vulnerabilities).map(({ rule }) => quoteText(rule, 60));
  const more = names.length - mostQuoted;
  return `${names.slice(0, mostQuoted).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** One that is in several packages stands once. */
function firstOfEach(vulnerabilities: readonly ReportFinding[]): readonly ReportFinding[] {
  return [...Map.groupBy(vulnerabilities, ({ rule }) => rule).values()].flatMap((same) => same.slice(0, 1));
}
