import type { Severity } from '../../analyze/finding.ts';
import { finding, type Found } from './found.ts';
import { placeOf, type ReportNode } from './report-node.ts';
import type { ReportFinding } from './report.ts';

const kinds = new Set(['PolicyReport', 'ClusterPolicyReport', 'Report', 'ClusterReport']);
const severities: readonly string[] = ['critical', 'high', 'medium', 'low', 'info'];

/** PolicyReports as Kyverno and others write them (wgpolicyk8s.io, openreports.io): one, or a list of them. */
export function readPolicyReport(root: ReportNode): Found {
  const findings: ReportFinding[] = [];
  const failures: string[] = [];
  const checked = new Set<string>();
  for (const report of reportsOf(root)) {
    const listed = { fail: 0, warn: 0, error: 0 };
    for (const result of report.list('results')) {
      const outcome = result.text('result') ?? result.text('status') ?? result.fail('result is missing');
      const places = placesOf(result, report);
      const rule = [result.text('policy'), result.text('rule')]
        .filter((each) => each !== undefined)
        .join('/');
      if (outcome !== 'skip') for (const place of places) checked.add(place);
      if (outcome === 'error')
        failures.push(`${rule}: ${result.text('message') ?? 'the rule ended in an error'}`);
      if (outcome === 'fail' || outcome === 'warn')
        for (const place of places)
          findings.push(finding(rule, severityOf(result, outcome), result.text('message'), place));
      if (outcome in listed) listed[outcome as keyof typeof listed] += 1;
      else if (outcome !== 'pass' && outcome !== 'skip')
        result.fail('result must be pass, fail, warn, error or skip');
    }
    addUnlisted(report, listed, findings, failures);
  }
  return { tool: 'policy report', findings, checked: checked.size, failures };
}

/** A summary that says more than the list does: the list was cut. */
function addUnlisted(
  report: ReportNode,
  listed: { readonly fail: number; readonly warn: number; readonly error: number },
  findings: ReportFinding[],
  failures: string[],
): void {
  const summary = report.at('summary');
  const more = (name: 'fail' | 'warn' | 'error'): number => (summary?.count(name) ?? 0) - listed[name];
  for (const name of ['fail', 'warn'] as const)
    if (more(name) > 0)
      findings.push(
        finding(
          'unlisted',
          name === 'fail' ? 'high' : 'low',
          `${more(name)} more results that the report does not list`,
          '',
          more(name),
        ),
      );
  if (more('error') > 0)
    failures.push(`${more('error')} rules ended in errors that the report does not list`);
}

function reportsOf(root: ReportNode): readonly ReportNode[] {
  const nodes = Array.isArray(root.value)
    ? root.items()
    : (root.text('kind') ?? '').endsWith('List')
      ? root.list('items')
      : [root];
  for (const node of nodes)
    if (!kinds.has(node.text('kind') ?? '')) node.fail('kind must be PolicyReport or ClusterPolicyReport');
  return nodes;
}

function placesOf(result: ReportNode, report: ReportNode): readonly string[] {
  const resources = [...result.list('resources'), ...result.list('subjects')];
  const scope = report.at('scope');
  const named = resources.length > 0 || scope === undefined ? resources : [scope];
  const places = named.map((each) => placeOf(each.text('kind'), each.text('namespace'), each.text('name')));
  return places.length > 0 ? places : [report.at('metadata')?.text('name') ?? report.path];
}

function severityOf(result: ReportNode, outcome: 'fail' | 'warn'): Severity {
  const own = result.text('severity');
  if (own !== undefined && severities.includes(own)) return own as Severity;
  return outcome === 'fail' ? 'high' : 'low';
}
