import type { JsonObject } from '../../../api/json.ts';
import { objectAt, objectsAt, textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { Analyzer, Problem } from '../analyzer.ts';
import { conditionsAt, saying } from '../condition.ts';
import { backendProblems } from '../gateway-api/route-backend.ts';
import { parentProblem } from '../gateway-api/route-parent.ts';
import type { Look } from '../look.ts';
import { present } from '../reference.ts';
import { settlingMs } from '../rollout-grace.ts';

export const httpRoute: Analyzer = {
  name: 'HTTPRoute',
  judges: ['HTTPRoute'],
  reads: ['Gateway', 'Namespace', 'Service', 'ReferenceGrant'],
  check: (look) => {
    const parents = present(
      objectsAt(look.object, 'spec', 'parentRefs').map((reference, index) =>
        parentProblem(look, reference, `spec.parentRefs[${index}]`),
      ),
    );
    const backends = backendProblems(look);
    return [...parents, ...backends, ...refusals(look, parents.length > 0, backends.length > 0)];
  },
};

/** What controllers say themselves, where nothing was found that explains it. */
function refusals(look: Look, isParentBad: boolean, isBackendBad: boolean): readonly Problem[] {
  return objectsAt(look.object, 'status', 'parents').flatMap((parent, index) =>
    conditionsAt(look, parent)
      .filter(
        ({ type }) => (type === 'Accepted' && !isParentBad) || (type === 'ResolvedRefs' && !isBackendBad),
      )
      .filter(({ status, ageMs }) => status === 'False' && ageMs >= settlingMs)
      .map((condition) => ({
        id: condition.type === 'Accepted' ? 'RouteNotAccepted' : 'RouteReferencesUnresolved',
        severity: 'high' as const,
        fieldPath: `status.parents[${index}].conditions{${condition.type}}`,
        text: `${nameOf(parent)} ${condition.type === 'Accepted' ? 'does not accept the route' : 'cannot resolve what the route refers to'}: ${saying(condition)}`,
        fix: 'Correct what the message names.',
      })),
  );
}

function nameOf(parent: JsonObject): string {
  const name = textAt(objectAt(parent, 'parentRef'), 'name');
  return name === '' ? 'A Gateway' : `Gateway ${quoteText(name, 253)}`;
}
