import { canonicalJson } from '../../../api/canonical-json.ts';
import { isObject } from '../../../api/json.ts';
import { fieldAt } from '../../json-fields.ts';
import { perContainer, type WorkloadRule } from '../rule.ts';
import { documented } from '../source.ts';

/** Info: right for programs that nothing but a restart helps. */
export const probesIdentical: WorkloadRule = {
  id: 'ProbesIdentical',
  severity: 'info',
  category: 'availability',
  reason: 'under load, or while a dependency is down, a Pod is restarted where a pause in traffic would do',
  source: documented(
    'Liveness, readiness and startup probes',
    'tasks/configure-pod-container/configure-liveness-readiness-startup-probes/',
  ),
  check: perContainer((container) => {
    const liveness = fieldAt(container.spec, 'livenessProbe');
    if (!isObject(liveness)) return undefined;
    if (canonicalJson(liveness) !== canonicalJson(fieldAt(container.spec, 'readinessProbe')))
      return undefined;
    return {
      fieldPath: `${container.path}.livenessProbe`,
      text: `Container "${container.name}" has one probe for readiness and liveness: it is restarted in the moment in which it stops getting traffic.`,
      fix: `Make ${container.path}.livenessProbe more patient (a larger failureThreshold), and let it ask nothing of other programs.`,
    };
  }),
};
