import type { Severity } from '../../analyze/finding.ts';
import { finding, type Found } from './found.ts';
import type { ReportNode } from './report-node.ts';
import type { ReportFinding } from './report.ts';

const severities: Readonly<Record<string, Severity>> = {
  CRITICAL: 'critical',
  HIGH: 'high',
  MEDIUM: 'medium',
  LOW: 'low',
  UNKNOWN: 'info',
};

/**
 * `trivy … --format json`, version 2 of its schema: vulnerabilities, misconfigurations that failed, secrets and licenses. What
 * was checked are its results; without any, Trivy found nothing that it can look into.
 */
export function readTrivy(root: ReportNode): Found {
  if (root.count('SchemaVersion') !== 2) root.fail('SchemaVersion must be 2');
  root.need('ArtifactName');
  const results = root.list('Results');
  return { tool: 'trivy', findings: results.flatMap(findingsOf), checked: results.length };
}

function findingsOf(result: ReportNode): readonly ReportFinding[] {
  const target = result.text('Target') ?? '';
  return [
    ...result.list('Vulnerabilities').map((each) => {
      const version = `${each.text('PkgName') ?? ''} ${each.text('InstalledVersion') ?? ''}`.trim();
      const fixed = each.text('FixedVersion') ?? '';
      const title = each.text('Title') ?? '';
      return finding(
        each.text('VulnerabilityID') ?? each.fail('VulnerabilityID is missing'),
        severityOf(each),
        [title, fixed === '' ? 'no version without it is known' : `fixed in ${fixed}`]
          .filter((part) => part !== '')
          .join('; '),
        version,
      );
    }),
    ...result
      .list('Misconfigurations')
      .filter((each) => each.text('Status') !== 'PASS' && each.text('Status') !== 'EXCEPTION')
      .map((each) => finding(each.text('ID'), severityOf(each), each.text('Message'), target)),
    ...result
      .list('Secrets')
      .map((each) => finding(each.text('RuleID'), severityOf(each), each.text('Title'), target)),
    ...result
      .list('Licenses')
      .map((each) =>
        finding(each.text('Name'), severityOf(each), each.text('Category'), each.text('PkgName') ?? target),
      ),
  ];
}

function severityOf(each: ReportNode): Severity {
  const text = each.text('Severity') ?? 'UNKNOWN';
  return severities[text] ?? each.fail('Severity must be CRITICAL, HIGH, MEDIUM, LOW or UNKNOWN');
}
