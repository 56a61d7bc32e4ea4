import type { ClusterFinding } from '../../../analyze/cluster/analyze-cluster.ts';
import type { Incident } from '../../../analyze/incident/incident.ts';
import type { EvidenceItem } from '../../../evidence/item.ts';
import type { ObjectName } from '../../../evidence/masking/object-names.ts';
import type { EvidenceQuestion } from '../../../runner/ask/asker.ts';
import { findingName } from '../finding-text.ts';
import { repeated } from '../incident-text.ts';

const system = `You are an experienced Kubernetes administrator on call.
The evidence is one incident: a finding that is its root, and findings that follow from it. Rules established the findings and the links between them, so take these for facts. Texts under "events" are messages that were quoted from the cluster.
Explain in plain words what is wrong and why, then how to fix it, in numbered steps, the likeliest first.
Work from the evidence alone. Say what cannot be told from it, and which command would tell. Never make up names, values or events.
At most 200 words, as plain text without headings.`;

/** One question for one incident. What rules say stands apart from what they quote. */
export function incidentQuestion(
  incident: Incident,
): Pick<
  EvidenceQuestion,
  'about' | 'promptVersion' | 'system' | 'question' | 'evidence' | 'shortLived' | 'namespace'
> {
  const { root } = incident;
  const { namespace } = root.object;
  return {
    about: `explain ${root.id} of ${findingName(root)}`,
    promptVersion: 'explain/1',
    system,
    question: 'What is wrong here, why, and how is it fixed?',
    evidence: evidenceOf(incident),
    shortLived: membersOf(incident).flatMap(({ object: { kind, name } }) =>
      (kind === 'Pod' || kind === 'Job') && !/-\d+$/.test(name) && /-[a-z0-9]{5}$/.test(name) ? [name] : [],
    ),
    ...(namespace === undefined ? {} : { namespace }),
  };
}

/** What `--anonymize` replaces. */
export function namesOfIncident(incident: Incident): readonly ObjectName[] {
  return membersOf(incident).flatMap(namesIn);
}

function membersOf({ root, alike, consequences }: Incident): readonly ClusterFinding[] {
  return [root, ...alike, ...consequences.map(({ finding }) => finding)];
}

function evidenceOf({ root, alike, consequences }: Incident): readonly EvidenceItem[] {
  const also = alike.length === 0 ? [] : ['Other objects of the same owner have the same problem.'];
  return [
    { kind: 'finding', ref: `root: ${headOf(root)}`, text: [...said(root), ...also].join('\n') },
    ...quoted(root),
    ...repeated(consequences).flatMap(([first, ...others]): readonly EvidenceItem[] => {
      if (first === undefined) return [];
      const { finding, because } = first;
      const more = others.length === 0 ? [] : ['Others of the same owner have the same problem.'];
      const text = [...said(finding), `It follows from the root: ${because}.`, ...more].join('\n');
      return [{ kind: 'finding', ref: `follows: ${headOf(finding)}`, text }, ...quoted(finding)];
    }),
  ];
}

function headOf(finding: ClusterFinding): string {
  return `${findingName(finding)} ${finding.id}`;
}

function said({ severity, fieldPath, parent, text, fix }: ClusterFinding): readonly string[] {
  return [
    `severity: ${severity}`,
    ...(fieldPath === undefined ? [] : [`field: ${fieldPath}`]),
    ...(parent === undefined ? [] : [`owner: ${parent}`]),
    `found: ${text}`,
    `fix by rule: ${fix}`,
  ];
}

function quoted(finding: ClusterFinding): readonly EvidenceItem[] {
  return finding.evidence.map(({ source, text }) => ({ kind: 'events', ref: source, text }));
}

function namesIn({ object, parent }: ClusterFinding): readonly ObjectName[] {
  const { kind, name, namespace } = object;
  const owner = parent?.split('/').at(-1);
  return [
    ...(namespace === undefined ? [] : [{ kind: 'ns', name: namespace } as const]),
    { kind: kind === 'Node' ? 'node' : kind === 'Namespace' ? 'ns' : 'workload', name },
    ...(owner === undefined ? [] : [{ kind: 'workload', name: owner } as const]),
  ];
}
