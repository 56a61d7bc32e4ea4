import { conditionOf } from '../../diagnosis/pod-view.ts';
import { progressOf } from '../../diagnosis/rollout-progress.ts';
import { numberAt, textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { Analyzer, Problem } from '../analyzer.ts';
import type { Look } from '../look.ts';
import { present } from '../reference.ts';
import { isInGrace } from '../rollout-grace.ts';

export const deployment: Analyzer = {
  name: 'Deployment',
  judges: ['Deployment'],
  reads: ['ReplicaSet', 'Pod'],
  check: (look) => present([replicas(look), stalled(look)]),
};

function replicas(look: Look): Problem | undefined {
  const progress = progressOf(look.object);
  const ready = numberAt(look.object, 'status', 'readyReplicas') ?? 0;
  if (progress === undefined || progress.wanted === ready || isInGrace(look, progress)) return undefined;
  const { wanted, total } = progress;
  const who = `Deployment ${look.namespace}/${look.name}`;
  return {
    id: 'ReplicasUnavailable',
    severity: ready === 0 ? 'critical' : ready < wanted ? 'high' : 'medium',
    fieldPath: 'spec.replicas',
    text: `${ready} of ${wanted} replicas are ready.`,
    fix: 'Look at the Pods that are missing or not ready.',
    evidence: [
      { source: `Status of ${who}`, text: `wanted ${wanted}, ready ${ready}, all versions ${total}` },
    ],
    k8sgpt: {
      text:
        total > wanted
          ? `${who} has ${wanted} replicas in spec but ${total} replicas in status because status field is not updated yet after scaling and ${ready} replicas are available with status running`
          : `${who} has ${wanted} replicas but ${ready} are available with status running`,
    },
  };
}

function stalled(look: Look): Problem | undefined {
  const condition = conditionOf(look.object, 'Progressing');
  if (textAt(condition, 'status') !== 'False') return undefined;
  const reason = quoteText(textAt(condition, 'reason'), 60);
  const message = look.quote(textAt(condition, 'message'));
  return {
    id: 'RolloutStalled',
    severity: 'high',
    fieldPath: 'spec.progressDeadlineSeconds',
    text: `The rollout does not go on (${reason}): ${message}`,
    fix: 'Find out why the new Pods do not become ready, then roll out a corrected version or go back to the last one.',
    k8sgpt: {
      text: `Deployment ${look.namespace}/${look.name} has condition Progressing=False, reason ${reason}: ${message}`,
    },
  };
}
