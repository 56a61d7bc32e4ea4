import type { ClusterFinding, NotChecked } from '../../src/analyze/cluster/analyze-cluster.ts';
import { isAtLeast } from '../../src/analyze/finding.ts';
import { fitsName } from './fits-name.ts';
import type { Expectation, FindingPattern, Verdict } from './scenario.ts';

/** What an analysis says of a state, in the terms of scenarios. */
export interface Told {
  readonly verdict: Verdict;
  readonly root?: ClusterFinding;
  /** Those that were put together with the root, itself left out. */
  readonly consequences: readonly ClusterFinding[];
  readonly findings: readonly ClusterFinding[];
  readonly notChecked: readonly NotChecked[];
  /** Kinds that an analyzer judges: silence about any other proves nothing. */
  readonly judged: ReadonlySet<string>;
}

/** What is wrong with it; none when it is as expected. Fixed rules, no model. */
export function faultsOf(told: Told, expect: Expectation): readonly string[] {
  const { verdict, root, consequences, findings, notChecked, judged } = told;
  const problems = findings.filter(({ severity }) => isAtLeast(severity, 'medium')).length;
  return [
    ...(verdict === expect.verdict ? [] : [`said ${verdict}, is ${expect.verdict}`]),
    ...rootFaults(root, expect.roots),
    ...expect.consequences
      .filter((name) => !consequences.some(({ object }) => `${object.kind}/${object.name}` === name))
      .map((name) => `did not put ${name} with the root`),
    ...expect.mustReport
      .filter((pattern) => !findings.some((finding) => fits(finding, pattern)))
      .map((pattern) => `did not report ${patternText(pattern)}`),
    ...expect.mustNotReport.flatMap((pattern) =>
      findings
        .filter((finding) => fits(finding, pattern))
        .map((finding) => `reported ${findingText(finding)}`),
    ),
    ...[...new Set(expect.mustNotReport.map(({ kind }) => kind))]
      .filter((kind) => !judged.has(kind))
      .map((kind) => `does not judge any ${kind}`),
    ...expect.notChecked
      .filter(
        (gap) => !notChecked.some((each) => each.resource === gap.resource && each.reason === gap.reason),
      )
      .map(({ resource, reason }) => `did not say that ${resource} was not checked (${reason})`),
    ...(expect.problems === undefined || expect.problems === problems
      ? []
      : [`reported ${problems} problems, there ${expect.problems === 1 ? 'is' : 'are'} ${expect.problems}`]),
  ];
}

function rootFaults(root: ClusterFinding | undefined, roots: readonly FindingPattern[]): readonly string[] {
  if (roots.length === 0) return [];
  const wanted = roots.map((each) => patternText(each)).join(' or ');
  if (root === undefined) return [`named no root, is ${wanted}`];
  return roots.some((each) => fits(root, each))
    ? []
    : [`took ${findingText(root)} for the root, is ${wanted}`];
}

function fits(finding: ClusterFinding, pattern: FindingPattern): boolean {
  const { object, id, severity } = finding;
  const said = [
    id,
    finding.text,
    finding.fieldPath,
    finding.container,
    ...finding.evidence.map(({ text }) => text),
  ]
    .join('\n')
    .toLowerCase();
  return (
    object.kind === pattern.kind &&
    (pattern.namespace === undefined || object.namespace === pattern.namespace) &&
    (pattern.name === undefined || fitsName(object.name, pattern.name)) &&
    (pattern.reason === undefined || pattern.reason.includes(id)) &&
    (pattern.mentions ?? []).every((text) => said.includes(text.toLowerCase())) &&
    (pattern.severity === undefined || isAtLeast(severity, pattern.severity))
  );
}

function findingText({ object, id }: ClusterFinding): string {
  return `${object.kind}/${object.name} ${id}`;
}

function patternText({ kind, name = '*', reason = [], mentions = [] }: FindingPattern): string {
  return [`${kind}/${name}`, reason.join('|'), ...mentions.map((text) => `"${text}"`)]
    .filter(Boolean)
    .join(' ');
}
