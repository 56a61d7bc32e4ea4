import type { Severity } from '../../analyze/finding.ts';
import { finding, type Found } from './found.ts';
import type { ReportNode } from './report-node.ts';
import type { ReportFinding } from './report.ts';

const severityOfLevel: Readonly<Record<string, Severity>> = {
  error: 'high',
  warning: 'medium',
  note: 'low',
  none: 'info',
};
const noFinding = new Set(['pass', 'notApplicable', 'informational']);

/**
 * SARIF 2.1. Suppressions are counted as findings: they stand in what is judged, and that must not excuse itself. What was
 * checked are the artifacts of the runs; without them the format does not say.
 */
export function readSarif(root: ReportNode): Found {
  const version = root.text('version');
  if (version === undefined || !/^2\.1(\.|$)/.test(version)) root.fail('version must be 2.1');
  const runs = root.need('runs').items();
  const artifacts = runs.map((run) => run.list('artifacts').length);
  const exits = runs.flatMap((run) => run.list('invocations').map((each) => exitOf(each)));
  const exit = exits.find((each) => each !== undefined && each !== 0) ?? exits[0];
  return {
    tool: runs[0] === undefined ? 'SARIF' : toolOf(runs[0]),
    findings: runs.flatMap(findingsOf),
    checked: runs.length === 0 ? 0 : artifacts.some((count) => count > 0) ? sum(artifacts) : undefined,
    ...(exit === undefined ? {} : { exit }),
    failures: runs.flatMap(failuresOf),
  };
}

function findingsOf(run: ReportNode): readonly ReportFinding[] {
  const rules = run.need('tool').need('driver').list('rules');
  const byId = new Map(rules.map((rule) => [rule.text('id'), rule]));
  return run.list('results').flatMap((result) => {
    if (noFinding.has(result.text('kind') ?? 'fail') || result.text('baselineState') === 'absent') return [];
    const index = result.count('ruleIndex');
    const id = result.text('ruleId') ?? result.at('rule')?.text('id');
    const rule =
      (index === undefined ? undefined : rules[index]) ?? (id === undefined ? undefined : byId.get(id));
    const message = result.need('message');
    return [
      finding(
        id ?? rule?.text('id'),
        severityOf(result, rule),
        message.text('text') ?? message.text('markdown'),
        placeOfResult(result),
        Math.max(1, result.count('occurrenceCount') ?? 1),
      ),
    ];
  });
}

/** A CVSS score where the rule has one, as GitHub reads it; else the level, which is `warning` where none is written. */
function severityOf(result: ReportNode, rule: ReportNode | undefined): Severity {
  const score = (result.at('properties') ?? rule?.at('properties'))?.at('security-severity');
  const cvss = Number(score?.value ?? Number.NaN);
  if (cvss > 0) return cvss >= 9 ? 'critical' : cvss >= 7 ? 'high' : cvss >= 4 ? 'medium' : 'low';
  const level = result.text('level') ?? rule?.at('defaultConfiguration')?.text('level') ?? 'warning';
  return severityOfLevel[level] ?? result.fail('level must be error, warning, note or none');
}

function placeOfResult(result: ReportNode): string {
  const physical = result.list('locations')[0]?.at('physicalLocation');
  const uri = physical?.at('artifactLocation')?.text('uri') ?? '';
  const line = physical?.at('region')?.count('startLine');
  return line === undefined ? uri : `${uri}:${line}`;
}

function failuresOf(run: ReportNode): readonly string[] {
  if (run.at('results') === undefined) return ['a run has no results: the tool did not look'];
  return run.list('invocations').flatMap((invocation) => {
    const notes = invocation
      .list('toolExecutionNotifications')
      .filter((note) => note.text('level') === 'error')
      .map((note) => note.at('message')?.text('text') ?? 'the tool reports an error of its own');
    return invocation.flag('executionSuccessful') === false
      ? [...notes, 'the tool says that it was not successful']
      : notes;
  });
}

function exitOf(invocation: ReportNode): number | undefined {
  const value = invocation.at('exitCode')?.value;
  return typeof value === 'number' ? value : undefined;
}

function toolOf(run: ReportNode): string {
  return run.need('tool').need('driver').text('name')?.slice(0, 80) ?? 'SARIF';
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
