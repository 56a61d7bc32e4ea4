import type { Analysis, ClusterFinding } from '../../analyze/cluster/analyze-cluster.ts';
import { isAtLeast, type Severity } from '../../analyze/finding.ts';
import { junitText, type JunitCase, type JunitSuite } from '../../gate/export/junit-text.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import { findingPlace } from './finding-text.ts';
import { notCheckedText } from './not-checked-text.ts';

/**
 * A suite for each kind: a case for each problem, for each list that could not be read, and one that passed for the objects
 * that were looked at. With `failOn`, problems below it are skipped.
 */
export function analysisJunit(
  { checked, findings, notChecked }: Analysis,
  failOn: Severity | undefined,
): string {
  const names = new Set([...checked, ...notChecked].map(({ analyzer }) => analyzer));
  return junitText(
    [...names].map((suite): JunitSuite => {
      const objects = checked.find(({ analyzer }) => analyzer === suite)?.objects;
      return {
        name: suite,
        cases: [
          ...(objects === undefined ? [] : [{ suite, name: `objects looked at: ${objects}` }]),
          ...findings
            .filter(({ analyzer }) => analyzer === suite)
            .map((finding) => findingCase(finding, failOn)),
          ...notChecked
            .filter(({ analyzer }) => analyzer === suite)
            .map((gap): JunitCase => {
              const end = {
                kind: gap.reason === 'NotGiven' || gap.reason === 'NotInstalled' ? 'skipped' : 'error',
              } as const;
              return {
                suite,
                name: `${gap.verb} ${gap.resource}`,
                end: { ...end, message: cleanLine(notCheckedText(gap)) },
              };
            }),
        ],
      };
    }),
  );
}

function findingCase(finding: ClusterFinding, failOn: Severity | undefined): JunitCase {
  const { analyzer, id, severity, fieldPath, text, fix } = finding;
  const isCounted = failOn === undefined || isAtLeast(severity, failOn);
  const message = cleanLine(`${severity}: ${text} Fix: ${fix}`);
  return {
    suite: analyzer,
    name: [findingPlace(finding), id, fieldPath ?? ''].join(' ').trimEnd(),
    end: isCounted ? { kind: 'failure', type: id, message } : { kind: 'skipped', message },
  };
}
