import type { JsonObject } from '../../../api/json.ts';
import { objectAt, objectsAt, textAt, textsAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { ObjectRule } from '../rule.ts';
import { documented } from '../source.ts';

/** The Pods that serve the webhook, and those of the cluster itself, are then made only if it answers. */
export const webhookOfAllPods: ObjectRule = {
  id: 'WebhookMayBlockPods',
  severity: 'medium',
  category: 'availability',
  reason: 'while it is down no Pod starts, not even its own or those of the cluster',
  source: documented(
    'Admission webhook good practices',
    'concepts/cluster-administration/admission-webhooks-good-practices/',
  ),
  kinds: [
    'ValidatingWebhookConfiguration.admissionregistration.k8s.io',
    'MutatingWebhookConfiguration.admissionregistration.k8s.io',
  ],
  check: (configuration) =>
    objectsAt(configuration, 'webhooks')
      .map((webhook, index) => ({ webhook, index }))
      .filter(({ webhook }) => mustAnswer(webhook) && isUnlimited(webhook) && seesPods(webhook))
      .map(({ webhook, index }) => ({
        fieldPath: `webhooks[${index}].namespaceSelector`,
        text: `Every Pod of the cluster waits for the webhook ${quoteText(textAt(webhook, 'name'), 253)}, and is refused when it does not answer.`,
        fix: `Leave out its own namespace and kube-system in webhooks[${index}].namespaceSelector, or set failurePolicy to Ignore.`,
      })),
};

function mustAnswer(webhook: JsonObject): boolean {
  return textAt(webhook, 'failurePolicy') !== 'Ignore';
}

function isUnlimited(webhook: JsonObject): boolean {
  return (
    ['namespaceSelector', 'objectSelector'].every(
      (field) => Object.keys(objectAt(webhook, field)).length === 0,
    ) && objectsAt(webhook, 'matchConditions').length === 0
  );
}

function seesPods(webhook: JsonObject): boolean {
  return objectsAt(webhook, 'rules').some((rule) => {
    const resources = textsAt(rule, 'resources');
    const groups = textsAt(rule, 'apiGroups');
    const operations = textsAt(rule, 'operations');
    return (
      ['pods', '*', '*/*'].some((resource) => resources.includes(resource)) &&
      ['', '*'].some((group) => groups.includes(group)) &&
      ['CREATE', '*'].some((operation) => operations.includes(operation))
    );
  });
}
