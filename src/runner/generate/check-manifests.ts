import type { FindingObject } from '../../analyze/finding.ts';
import { auditObjects, type SetAudit } from '../../analyze/audit-set.ts';
import { refOf } from '../../analyze/object-name.ts';
import { scoreObjects, type SetScore } from '../../analyze/score-set.ts';
import type { JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import type { KindSchemas } from '../../cluster/openapi/schema.ts';
import { validateObject, type SchemaFault } from '../../cluster/openapi/validate-object.ts';

export interface ManifestCheck {
  readonly faults: readonly { readonly object: FindingObject; readonly fault: SchemaFault }[];
  /** Of kinds that `schemas` does not know: nothing was checked. */
  readonly unchecked: readonly FindingObject[];
  readonly audit: SetAudit;
  readonly score: SetScore | undefined;
}

/** Checks manifests against the schemas of their kinds, and audits them together. */
export async function checkManifests(
  objects: readonly KubeObject[],
  schemas: KindSchemas,
): Promise<ManifestCheck> {
  const checked = await Promise.all(
    objects.map(async (object) => {
      const kind = await schemas.find(object.apiVersion, object.kind);
      const faults = kind === undefined ? undefined : validateObject(object as unknown as JsonObject, kind);
      return { object: refOf(object, ''), faults };
    }),
  );
  const audit = auditObjects(objects, { isWhole: true });
  return {
    faults: checked.flatMap(({ object, faults = [] }) => faults.map((fault) => ({ object, fault }))),
    unchecked: checked.filter(({ faults }) => faults === undefined).map(({ object }) => object),
    audit,
    score: scoreObjects(audit.objects, audit.findings),
  };
}
