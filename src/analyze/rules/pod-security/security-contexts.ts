import type { JsonObject } from '../../../api/json.ts';
import { objectAt } from '../../json-fields.ts';
import type { Workload } from '../../pod-template.ts';
import { isPrivileged } from './privileges.ts';

export interface SecurityContext {
  /** Such as `The Pod` or `Container "web"`. */
  readonly who: string;
  /** Absent for that of the Pod. */
  readonly container?: string;
  readonly fields: JsonObject;
  /** Such as `spec.template.spec.securityContext`. */
  readonly path: string;
}

/** Every place that sets profiles, those of privileged containers left out: no profile holds for these. */
export function securityContextsOf(workload: Workload): readonly SecurityContext[] {
  const { podSpec, podPath, containers } = workload;
  return [
    { who: 'The Pod', fields: objectAt(podSpec, 'securityContext'), path: `${podPath}.securityContext` },
    ...containers
      .filter((container) => !isPrivileged(container, workload))
      .map(({ name, spec, path }) => ({
        who: `Container "${name}"`,
        container: name,
        fields: objectAt(spec, 'securityContext'),
        path: `${path}.securityContext`,
      })),
  ];
}
