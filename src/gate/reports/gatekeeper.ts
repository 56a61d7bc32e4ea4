import type { Severity } from '../../analyze/finding.ts';
import { finding, type Found } from './found.ts';
import { placeOf, type ReportNode } from './report-node.ts';

/** Constraints with the audit in their status (one or a list), or what `gator test -o json` prints. Neither says what was checked. */
export function readGatekeeper(root: ReportNode): Found {
  if (root.value === null || Array.isArray(root.value)) return readGator(root);
  const constraints = (root.text('kind') ?? '').endsWith('List') ? root.list('items') : [root];
  const audited = constraints.map(readConstraint);
  return {
    tool: 'gatekeeper',
    findings: audited.flatMap(({ findings }) => findings),
    checked: constraints.length === 0 ? 0 : undefined,
    failures: audited.flatMap(({ failures }) => failures ?? []),
  };
}

function readConstraint(constraint: ReportNode): Found {
  if (!(constraint.text('apiVersion') ?? '').startsWith('constraints.gatekeeper.sh/'))
    constraint.fail('this is no constraint of Gatekeeper');
  const rule = placeOf(constraint.text('kind'), undefined, constraint.at('metadata')?.text('name'));
  const status = constraint.at('status');
  if (status?.text('auditTimestamp') === undefined)
    return {
      tool: 'gatekeeper',
      findings: [],
      checked: undefined,
      failures: [`${rule} was not audited yet`],
    };
  const findings = status
    .list('violations')
    .map((each) =>
      finding(
        rule,
        severityOf(each.text('enforcementAction')),
        each.text('message'),
        placeOf(each.text('kind'), each.text('namespace'), each.text('name')),
      ),
    );
  // The list is cut at 20 by default; the total is not.
  const more = (status.count('totalViolations') ?? 0) - findings.length;
  if (more > 0)
    findings.push(finding(rule, 'high', `${more} more violations that the status does not list`, '', more));
  return { tool: 'gatekeeper', findings, checked: undefined };
}

function readGator(root: ReportNode): Found {
  const findings = root.items().map((result) => {
    const object = result.at('violatingObject');
    const meta = object?.at('metadata');
    const constraint = result.at('constraint');
    return finding(
      placeOf(constraint?.text('kind'), undefined, constraint?.at('metadata')?.text('name')),
      severityOf(result.text('enforcementAction')),
      result.text('msg') ?? result.fail('msg is missing'),
      placeOf(object?.text('kind'), meta?.text('namespace'), meta?.text('name')),
    );
  });
  return { tool: 'gatekeeper', findings, checked: undefined };
}

function severityOf(action: string | undefined): Severity {
  if (action === 'warn') return 'medium';
  return action === 'dryrun' ? 'low' : 'high';
}
