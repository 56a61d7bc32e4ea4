import type { JsonObject } from '../../../api/json.ts';
import type { Severity } from '../../finding.ts';
import { objectAt, objectsAt, textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { Analyzer, Problem } from '../analyzer.ts';
import type { Look } from '../look.ts';

export const policyReport: Analyzer = reportAnalyzer('PolicyReport');
export const clusterPolicyReport: Analyzer = reportAnalyzer('ClusterPolicyReport');

function reportAnalyzer(name: 'PolicyReport' | 'ClusterPolicyReport'): Analyzer {
  return {
    name,
    judges: [name],
    reads: [],
    check: (look) =>
      objectsAt(look.object, 'results')
        .filter((result) => textAt(result, 'result') === 'fail')
        .map((result) => failure(look, result)),
  };
}

const severities: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

function failure(look: Look, result: JsonObject): Problem {
  const policy = quoteText(textAt(result, 'policy'), 253);
  const rule = quoteText(textAt(result, 'rule'), 253);
  const message = look.quote(textAt(result, 'message'));
  const about = subjectOf(look, result);
  const stated = textAt(result, 'severity').toLowerCase();
  return {
    id: 'PolicyViolated',
    severity: severities.find((each) => each === stated) ?? 'medium',
    category: 'isolation',
    // By what it is about: the place of a result in its report changes from one report to the next.
    fieldPath: `results{${[policy, rule, about].filter((each) => each !== '').join('/')}}`,
    text: `${about === '' ? 'An object' : about} violates policy ${policy}${rule === '' ? '' : ` (${rule})`}: ${message}`,
    fix: 'Change the object as the policy asks, or have it exempted.',
    k8sgpt: { text: `policy failure: ${policy} (message: ${message})` },
  };
}

/** `Kind namespace/name`: a result names it, or its report does. */
function subjectOf({ object }: Look, result: JsonObject): string {
  const subject = objectsAt(result, 'resources')[0] ?? objectAt(object, 'scope');
  const place = [textAt(subject, 'namespace'), textAt(subject, 'name')].filter((each) => each !== '');
  return quoteText(`${textAt(subject, 'kind')} ${place.join('/')}`, 320);
}
