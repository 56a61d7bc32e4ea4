import type { JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';

/** Where definitions stand that every namespace sees. */
export const systemNamespace = 'vela-system';

/** The definition as somebody would write it down: without what the server and other programs added. */
export function plainDefinition({ apiVersion, kind, metadata, spec }: KubeObject): JsonObject {
  const { name = '', namespace, labels, annotations } = metadata;
  const { [lastApplied]: _applied, ...told } = annotations ?? {};
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels }),
      ...(Object.keys(told).length === 0 ? {} : { annotations: told }),
    },
    spec: (spec ?? {}) as JsonObject,
  };
}

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';
