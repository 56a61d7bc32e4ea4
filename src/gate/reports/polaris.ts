import type { Severity } from '../../analyze/finding.ts';
import { finding, type Found } from './found.ts';
import { placeOf, type ReportNode } from './report-node.ts';
import type { ReportFinding } from './report.ts';

const severities: Readonly<Record<string, Severity | undefined>> = { danger: 'high', warning: 'medium' };

/** `polaris audit --format json`. Its own score is not used: over nothing it is 100. */
export function readPolaris(root: ReportNode): Found {
  if (root.at('PolarisOutputVersion') === undefined)
    root.fail('this is no report of polaris: PolarisOutputVersion is missing');
  const findings: ReportFinding[] = [];
  let checked = 0;
  for (const object of root.list('Results')) {
    const place = placeOf(object.text('Kind'), object.text('Namespace'), object.text('Name'));
    const pod = object.at('PodResult');
    const sets = [object, pod, ...(pod?.list('ContainerResults') ?? [])];
    const results = sets.flatMap((set) => set?.at('Results')?.entries() ?? []);
    const counted = results.filter(([, result]) => result.text('Severity') !== 'ignore');
    if (counted.length > 0) checked += 1;
    for (const [id, result] of counted) {
      const isGood = result.flag('Success') ?? result.fail('Success is missing');
      const name = result.text('Severity') ?? '';
      const severity = severities[name] ?? result.fail('Severity must be danger, warning or ignore');
      if (!isGood) findings.push(finding(result.text('ID') ?? id, severity, result.text('Message'), place));
    }
  }
  return { tool: 'polaris', findings, checked };
}
