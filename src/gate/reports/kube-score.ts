import type { Severity } from '../../analyze/finding.ts';
import { finding, type Found } from './found.ts';
import { placeOf, type ReportNode } from './report-node.ts';

/** Grades: 1 critical, 5 warning, 7 almost good, 10 good. */
const severities: Readonly<Record<number, Severity | undefined>> = {
  1: 'high',
  5: 'medium',
  7: 'low',
  10: undefined,
};

/** `kube-score score --output-format json`. An object whose checks were all skipped, as its own annotation can, was not checked. */
export function readKubeScore(root: ReportNode): Found {
  const objects = root.items();
  const findings = objects.flatMap((object) =>
    object.list('checks').flatMap((check) => {
      if (check.flag('skipped') === true) return [];
      const grade = check.need('grade').value;
      if (typeof grade !== 'number' || !(grade in severities))
        return check.fail('grade must be 1, 5, 7 or 10');
      const severity = severities[grade];
      if (severity === undefined) return [];
      const meta = object.at('object_meta');
      const place = placeOf(
        object.at('type_meta')?.text('kind'),
        meta?.text('namespace'),
        meta?.text('name'),
      );
      const rule = check.need('check');
      const [comment] = check.list('comments');
      return [
        finding(
          rule.text('id') ?? rule.text('name'),
          severity,
          comment?.text('summary') ?? rule.text('comment'),
          place === '' ? (object.text('object_name') ?? '') : place,
        ),
      ];
    }),
  );
  const checked = objects.filter((object) =>
    object.list('checks').some((check) => check.flag('skipped') !== true),
  );
  return { tool: 'kube-score', findings, checked: checked.length };
}
