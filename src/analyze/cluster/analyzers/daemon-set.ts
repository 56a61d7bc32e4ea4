import { progressOf } from '../../diagnosis/rollout-progress.ts';
import { numberAt, objectsAt, textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { Analyzer, Problem } from '../analyzer.ts';
import type { Look } from '../look.ts';
import { missing, present } from '../reference.ts';
import { isInGrace } from '../rollout-grace.ts';

export const daemonSet: Analyzer = {
  name: 'DaemonSet',
  judges: ['DaemonSet'],
  reads: ['Secret', 'Pod'],
  check: (look) => present([ready(look), ...pullSecrets(look)]),
};

function ready(look: Look): Problem | undefined {
  const progress = progressOf(look.object);
  const count = numberAt(look.object, 'status', 'numberReady') ?? 0;
  if (progress === undefined || count >= progress.wanted || isInGrace(look, progress)) return undefined;
  return {
    id: 'ReplicasUnavailable',
    severity: count === 0 ? 'critical' : 'high',
    text: `${count} of ${progress.wanted} Pods are ready.`,
    fix: 'Look at the Pods that are missing or not ready, and at their nodes.',
    k8sgpt: {
      text: `DaemonSet ${look.namespace}/${look.name} has ${count} ready replicas out of ${progress.wanted} scheduled`,
    },
  };
}

function pullSecrets(look: Look): readonly (Problem | undefined)[] {
  const path = ['spec', 'template', 'spec', 'imagePullSecrets'];
  return objectsAt(look.object, ...path).map((reference, index) => {
    const name = textAt(reference, 'name');
    if (name === '') return undefined;
    return missing(look, { kind: 'Secret', namespace: look.namespace, name }, () => ({
      id: 'PullSecretMissing',
      severity: 'high',
      fieldPath: `${path.join('.')}[${index}]`,
      text: `There is no Secret ${quoteText(name, 253)} to pull images with.`,
      fix: 'Make it, or take it out of imagePullSecrets.',
      k8sgpt: {
        text: `DaemonSet ${look.namespace}/${look.name} references non-existent ImagePullSecret ${quoteText(name, 253)}`,
      },
    }));
  });
}
