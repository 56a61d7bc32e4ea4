import type { Category, Finding } from '../analyze/finding.ts';
import type { Headings } from './headings.ts';
import type { Judgement } from './judgement.ts';
import { describeObject } from '../analyze/object-name.ts';
import { seenWhere } from './diagnosis-text.ts';

const securityCategories: readonly Category[] = ['isolation', 'secrets', 'image'];
const shownSecurity = 8;
const shownOther = 4;

/** Imperative bullet points, one a rule, most important first. */
export function auditText(judgement: Judgement, headings: Headings): string {
  const { audit, diagnosis, state } = judgement;
  const head = `${describeObject(state.object)} (${seenWhere(judgement, headings)})`;
  const broken = diagnosis.causes.filter(
    (cause) => cause.severity === 'critical' || cause.severity === 'high',
  );
  const running = broken.map((cause) => `! ${cause.text}`).slice(0, 2);
  if (audit.kind === 'notCovered') return [head, ...running, `Not audited: ${audit.reason}.`].join('\n\n');
  const rules = byRule(
    audit.findings.filter((finding) => finding.category !== 'runtime' && finding.severity !== 'info'),
  );
  const security = rules.filter(
    ([first]) => first !== undefined && securityCategories.includes(first.category),
  );
  const other = rules.filter((rule) => !security.includes(rule));
  return [
    head,
    ...judgement.notes,
    ...running,
    security.length === 0
      ? headings.noSecurityFinding
      : `${headings.auditOf}\n${bullets(security, shownSecurity)}`,
    ...(other.length === 0 ? [] : [`${headings.alsoReliability}\n${bullets(other, shownOther)}`]),
  ].join('\n\n');
}

function bullets(rules: readonly (readonly Finding[])[], limit: number): string {
  const lines = rules.slice(0, limit).map(bullet);
  const rest = rules.slice(limit).map(([first]) => first?.id ?? '');
  return [...lines, ...(rest.length === 0 ? [] : [`- Lesser ones: ${rest.join(', ')}.`])].join('\n');
}

function bullet(findings: readonly Finding[]): string {
  const [first, ...others] = findings;
  if (first === undefined) return '';
  const containers = others.map((finding) => `"${finding.container ?? ''}"`);
  const also =
    containers.length === 0
      ? ''
      : ` The same for ${containers.length === 1 ? 'container' : 'containers'} ${containers.join(', ')}.`;
  return `- [${first.severity}] ${first.fix} ${first.text}${also}`;
}

function byRule(findings: readonly Finding[]): readonly (readonly Finding[])[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const group = groups.get(finding.id);
    if (group === undefined) groups.set(finding.id, [finding]);
    else group.push(finding);
  }
  return [...groups.values()];
}
