import type { Finding } from '../../analyze/finding.ts';
import { describeRef } from '../../analyze/object-name.ts';
import { uniqueRefs, type EvidenceItem } from '../../evidence/item.ts';
import type { ObjectName } from '../../evidence/masking/object-names.ts';
import { explainOnce, type ExplainOnceFlags, type OneExplanation } from '../analyze/explain/explain-once.ts';
import type { CommandContext } from '../command-context.ts';
import { counted } from '../render/fault-text.ts';
import { byRule, type AuditReport } from './report.ts';
import { summaryText } from './summary.ts';

/** More than these nobody changes at once; the budget of the evidence cuts as well. */
const mostRules = 40;
const mostObjects = 10;
const mostSteps = 5;

const system = `You are an experienced Kubernetes administrator who reviews what is about to run.
The evidence is an audit: each finding is of one rule, with the objects that break it. Rules established the findings, so take them for facts.
Say which to change first and why, by what an attacker or an outage would make of it, and which belong together. Then give the corrected part of the manifest, as short as can be, for the most important ones.
Work from the evidence alone. Say what cannot be told from it. Never make up names, values or fields.
At most 400 words, as plain text without headings.`;

/** Asks a model one question about the whole audit. Without a model the explanation is what rules can say, and why. */
export async function explainAudit(
  report: AuditReport,
  flags: ExplainOnceFlags,
  context: CommandContext,
): Promise<OneExplanation> {
  const question = {
    about: 'audit',
    promptVersion: 'audit/1',
    system,
    question: `What is to be changed first, why, and how? (${summaryText(report)})`,
    evidence: uniqueRefs(byRule(report).slice(0, mostRules).map(itemOf)),
    names: report.audited.findings.flatMap(namesIn),
  };
  return explainOnce('audit', question, firstSteps(report), flags, context);
}

function itemOf(findings: readonly Finding[]): EvidenceItem {
  const [first] = findings;
  const { id = '', severity = '', text = '', fix = '' } = first ?? {};
  const places = findings
    .slice(0, mostObjects)
    .map(({ object, fieldPath = '' }) => `${describeRef(object)} ${fieldPath}`.trimEnd());
  const more = findings.length - places.length;
  return {
    kind: 'finding',
    ref: id,
    text: [
      `severity: ${severity}`,
      `at: ${places.join('; ')}${more > 0 ? ` and ${more} more` : ''}`,
      `found: ${text}`,
      `fix by rule: ${fix}`,
    ].join('\n'),
  };
}

function namesIn({ object }: Finding): readonly ObjectName[] {
  const { kind, name, namespace } = object;
  return [
    ...(namespace === undefined ? [] : [{ kind: 'ns', name: namespace } as const]),
    { kind: kind === 'Namespace' ? 'ns' : 'workload', name },
  ];
}

/** Where to begin, by what it takes from the scores. */
function firstSteps(report: AuditReport): string {
  const points = new Map<string, number>();
  for (const { item, points: taken } of (report.score?.objects ?? []).flatMap((each) => each.explanation))
    points.set(item, (points.get(item) ?? 0) + taken);
  const steps = byRule(report)
    .map((findings) => ({ findings, taken: points.get(findings[0]?.id ?? '') ?? 0 }))
    .filter(({ taken }) => taken > 0)
    .slice(0, mostSteps)
    .map(({ findings, taken }, index) => {
      const objects = new Set(findings.map(({ object }) => describeRef(object))).size;
      return `${index + 1}. ${findings[0]?.id} (${counted(objects, 'object')}, ${counted(taken, 'point')}): ${findings[0]?.fix}`;
    });
  return steps.length === 0 ? 'Nothing takes from the score.' : steps.join('\n');
}
