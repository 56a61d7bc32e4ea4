import { finding, type Found } from './found.ts';
import { placeOf, type ReportNode } from './report-node.ts';

/** `kube-linter lint --format json`. It names only objects with findings, and ends with 0 where it found no object at all. */
export function readKubeLinter(root: ReportNode): Found {
  if (root.at('Checks') === undefined && root.at('Summary') === undefined)
    root.fail('this is no report of kube-linter: neither Checks nor Summary is there');
  const findings = root.list('Reports').map((report) => {
    const object = report.need('Object');
    const kube = object.at('K8sObject');
    // Older versions print the object itself instead of its names.
    const meta = kube?.at('metadata');
    const place = placeOf(
      kube?.at('GroupVersionKind')?.text('Kind') ?? kube?.text('kind'),
      kube?.text('Namespace') ?? meta?.text('namespace'),
      kube?.text('Name') ?? meta?.text('name'),
    );
    const file = object.at('Metadata')?.text('FilePath') ?? '';
    return finding(
      report.text('Check'),
      'medium',
      report.need('Diagnostic').text('Message'),
      place === '' ? file : place,
    );
  });
  const hasFailed = root.at('Summary')?.text('ChecksStatus') === 'Failed';
  return {
    tool: 'kube-linter',
    findings,
    checked: root.list('Checks').length === 0 && root.at('Checks') !== undefined ? 0 : undefined,
    failures: hasFailed && findings.length === 0 ? ['it says that checks failed, and lists none'] : [],
  };
}
