import { isSluiceError } from '../../api/errors.ts';
import type { ClusterFinding } from '../../analyze/cluster/analyze-cluster.ts';
import { quoteText } from '../../analyze/quote-text.ts';
import { openBundledSchemas } from '../../cluster/bundled-schemas.ts';
import { documentationOf } from '../../cluster/openapi/documentation.ts';
import type { KindSchema, KindSchemas } from '../../cluster/openapi/schema.ts';
import { openServedSchemas } from '../../cluster/openapi/served-schemas.ts';
import type { ReadOnlyCluster } from '../../cluster/port.ts';

/** What the API says of the field that a finding is about. */
export interface FieldDoc {
  /** The field, or the nearest one above it that is documented. */
  readonly field: string;
  readonly type: string;
  readonly text: string;
  /** `the cluster`, `Kubernetes 1.34`. */
  readonly source: string;
}

/** Of every finding about a field; undefined where no documentation is at hand. */
export type FieldDocs = ReadonlyMap<ClusterFinding, FieldDoc | undefined>;

/**
 * Looks the fields of findings up: what the cluster publishes, one document for each API version that is needed, else what
 * comes with Sluice. `unread` says why a cluster's could not be read.
 */
export async function readFieldDocs(
  cluster: ReadOnlyCluster,
  findings: readonly ClusterFinding[],
): Promise<{ readonly docs: FieldDocs; readonly unread: readonly string[] }> {
  const bundled = await openBundledSchemas();
  const served = openServedSchemas(cluster, bundled);
  const unread = new Set<string>();
  const docs = new Map<ClusterFinding, FieldDoc | undefined>();
  for (const finding of findings) {
    if (finding.fieldPath === undefined) continue;
    // oxlint-disable-next-line no-await-in-loop -- most are of few kinds, and each of these is asked for once
    docs.set(finding, await docOf(finding, finding.fieldPath));
  }
  return { docs, unread: [...unread] };

  async function docOf({ object }: ClusterFinding, fieldPath: string): Promise<FieldDoc | undefined> {
    const { apiVersion, kind } = object;
    try {
      const schema = await served.find(apiVersion, kind);
      return schema === undefined ? undefined : nearestDoc(schema, fieldPath, served);
    } catch (error) {
      if (!isSluiceError(error) || error.kind === 'bug') throw error;
      unread.add(error.message);
      const schema = await bundled.find(apiVersion, kind);
      return schema === undefined ? undefined : nearestDoc(schema, fieldPath, bundled);
    }
  }
}

/** Whoever installed a custom kind wrote its text. */
const longestText = 600;

function nearestDoc(kind: KindSchema, fieldPath: string, { source }: KindSchemas): FieldDoc | undefined {
  // Braces hold the name or the type of an item, which is no field.
  let field = fieldPath.replaceAll(/\{[^{}]*\}/g, '');
  while (field !== '') {
    const found = documentationOf(kind, field);
    if (found !== undefined && found.description !== '') {
      const { type, description } = found;
      return { field, type, text: quoteText(description, longestText), source };
    }
    field = field.replace(/(?:\.[^.[\]]*|\[[^[\]]*\]|^[^.[\]]*)$/, '');
  }
  return undefined;
}
