import { objectAt, objectsAt, textAt, textsAt } from '../../analyze/json-fields.ts';
import { isObject, type Json, type JsonObject } from '../../api/json.ts';

const sharedWithNode: ReadonlySet<string> = new Set(['hostNetwork', 'hostPID', 'hostIPC']);

/**
 * A Pod spec with what the Pod Security Standard `restricted` asks for, as far as fields of the Pod and its containers go:
 * volumes stay, since taking one away is for whoever knows the program. A setting that is stricter already stays.
 */
export function hardenedPod(pod: JsonObject): JsonObject {
  const context = objectAt(pod, 'securityContext');
  const seccomp = objectAt(context, 'seccompProfile');
  const isConfined = ['RuntimeDefault', 'Localhost'].includes(textAt(seccomp, 'type'));
  const kept = Object.fromEntries(Object.entries(pod).filter(([name]) => !sharedWithNode.has(name)));
  return {
    ...kept,
    automountServiceAccountToken: pod['automountServiceAccountToken'] ?? false,
    securityContext: {
      ...withoutRoot(context),
      runAsNonRoot: true,
      seccompProfile: isConfined ? seccomp : { type: 'RuntimeDefault' },
    },
    ...Object.fromEntries(
      ['initContainers', 'containers', 'ephemeralContainers']
        .filter((list) => pod[list] !== undefined)
        .map((list) => [list, objectsAt(pod, list).map(hardenedContainer)]),
    ),
  };
}

/** The same for one container. */
function hardenedContainer(container: JsonObject): JsonObject {
  const {
    privileged: _privileged,
    procMount: _mount,
    ...context
  } = withoutRoot(objectAt(container, 'securityContext'));
  const seccomp = textAt(context, 'seccompProfile', 'type');
  const { seccompProfile, ...rest } = context;
  const add = textsAt(context, 'capabilities', 'add').filter((name) => name === 'NET_BIND_SERVICE');
  return {
    ...container,
    securityContext: {
      ...rest,
      ...(seccompProfile === undefined || seccomp === 'Unconfined' ? {} : { seccompProfile }),
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: context['readOnlyRootFilesystem'] ?? true,
      capabilities: { drop: ['ALL'], ...(add.length === 0 ? {} : { add }) },
    },
  };
}

function withoutRoot(context: JsonObject): JsonObject {
  const isRoot = (name: string, value: Json): boolean =>
    (name === 'runAsUser' && (value === 0 || value === 0n)) || (name === 'runAsNonRoot' && value === false);
  return Object.fromEntries(
    Object.entries(isObject(context) ? context : {}).filter(([name, value]) => !isRoot(name, value)),
  );
}
