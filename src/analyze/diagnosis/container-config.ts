import type { Finding } from '../finding.ts';
import { missingIn } from '../missing-object.ts';
import type { ContainerView, PodView } from './pod-view.ts';
import type { Subject } from './subject.ts';
import { namespaceFlag, runtimeFinding } from './subject.ts';

/** The kubelet cannot put the container together, mostly because a ConfigMap or Secret that it refers to is not there. */
export function containerConfig(
  pod: PodView,
  container: ContainerView,
  subject: Subject,
): Finding | undefined {
  if (container.waiting.reason !== 'CreateContainerConfigError') return undefined;
  const message = subject.quote(container.waiting.message);
  const { text, fix, commands } = explain(message, container, subject);
  return runtimeFinding(subject, 'ContainerConfigError', 'critical', {
    container: container.name,
    fieldPath: container.path,
    text: `Container "${container.name}" cannot be created: ${text}`,
    fix,
    evidence: [
      {
        source: pod.label,
        text: `container "${container.name}" waits, CreateContainerConfigError: ${message}`,
      },
    ],
    commands,
  });
}

interface Explanation {
  readonly text: string;
  readonly fix: string;
  readonly commands: readonly string[];
}

function explain(message: string, container: ContainerView, subject: Subject): Explanation {
  const flag = namespaceFlag(subject.ref);
  const missing = missingIn(message, subject.ref.namespace);
  if (missing !== undefined) {
    const { kind, name } = missing;
    return {
      text: `it refers to ${kind} "${name}", which does not exist in its namespace.`,
      fix: `Create ${kind} "${name}" in the namespace of the Pod, or correct the name in ${container.path}.env, envFrom or the volumes.`,
      commands: [`kubectl${flag} get ${kind.toLowerCase()}s`],
    };
  }
  const key = /couldn't find key (\S{1,253}) in (ConfigMap|Secret) (\S{1,320})/i.exec(message);
  if (key?.[1] !== undefined && key[2] !== undefined) {
    return {
      text: `${key[2]} ${key[3]} has no key "${key[1]}".`,
      fix: `Add the key "${key[1]}" to ${key[2]} ${key[3]}, or correct the key in ${container.path}.env.`,
      commands: [`kubectl${flag} describe ${key[2].toLowerCase()} ${(key[3] ?? '').split('/').at(-1)}`],
    };
  }
  if (/runAsNonRoot/.test(message)) {
    return {
      text: 'runAsNonRoot forbids root, and the image runs as root or does not name its user by number.',
      fix: `Set ${container.path}.securityContext.runAsUser to a number above 0 that the image's files allow (such as 10001), or give the image a numeric USER.`,
      commands: [],
    };
  }
  return {
    text: 'its configuration is not usable.',
    fix: `Correct what the message names in ${container.path}.`,
    commands: [],
  };
}
