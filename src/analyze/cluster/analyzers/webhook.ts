import type { JsonObject } from '../../../api/json.ts';
import { objectAt, objectsAt, textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { Analyzer, Problem } from '../analyzer.ts';
import type { Look } from '../look.ts';

export const validatingWebhook: Analyzer = webhookAnalyzer('ValidatingWebhookConfiguration', 'Validating');
export const mutatingWebhook: Analyzer = webhookAnalyzer('MutatingWebhookConfiguration', 'Mutating');

type Title = 'Validating' | 'Mutating';

function webhookAnalyzer(name: `${Title}WebhookConfiguration`, title: Title): Analyzer {
  return {
    name,
    judges: [name],
    reads: ['Service', 'Pod'],
    check: (look) =>
      objectsAt(look.object, 'webhooks').flatMap((webhook, index) => receivers(look, webhook, index, title)),
  };
}

/** A webhook that calls a Service needs one with a Pod that runs; those that are done were never receivers. */
function receivers(look: Look, webhook: JsonObject, index: number, title: Title): readonly Problem[] {
  const namespace = textAt(webhook, 'clientConfig', 'service', 'namespace');
  const name = textAt(webhook, 'clientConfig', 'service', 'name');
  if (name === '' || !look.covers(namespace)) return [];
  const service = look.find('Service', namespace, name);
  if (service === undefined) return [];
  const hook = quoteText(textAt(webhook, 'name'), 253);
  const shown = quoteText(name, 63);
  const place = `${quoteText(namespace, 63)}/${shown}`;
  const base = {
    // Without the webhook's answer the API server refuses what it is asked for, unless it is told to ignore that.
    severity: textAt(webhook, 'failurePolicy') === 'Ignore' ? ('medium' as const) : ('critical' as const),
    fieldPath: `webhooks[${index}].clientConfig.service`,
  };
  const peer = (text: string): NonNullable<Problem['k8sgpt']> => ({ text, name: `/${hook}` });
  if (service === 'absent') {
    return [
      {
        ...base,
        id: 'WebhookServiceMissing',
        text: `Webhook ${hook} calls Service ${place}, which is not there.`,
        fix: 'Install what should answer, or delete the webhook configuration.',
        k8sgpt: peer(`Service ${shown} not found as mapped to by ${title} Webhook ${hook}`),
      },
    ];
  }
  if (Object.keys(objectAt(service, 'spec', 'selector')).length === 0) return [];
  const pods = look
    .selectedPods(service)
    ?.filter((pod) => !['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase')));
  if (pods === undefined) return [];
  if (pods.length === 0) {
    return [
      {
        ...base,
        id: 'WebhookWithoutPods',
        text: `Webhook ${hook} calls Service ${place}, behind which no Pod runs.`,
        fix: 'Start what should answer, or delete the webhook configuration.',
        k8sgpt: peer(`No active pods found within service ${shown} as mapped to by ${title} Webhook ${hook}`),
      },
    ];
  }
  const idle = pods.filter((pod) => textAt(pod, 'status', 'phase') !== 'Running');
  return idle.map((pod) => {
    const podName = quoteText(textAt(pod, 'metadata', 'name'), 253);
    return {
      ...base,
      id: 'WebhookReceiverInactive',
      fieldPath: `${base.fieldPath}{${podName}}`,
      severity: idle.length === pods.length ? base.severity : ('low' as const),
      text: `Webhook ${hook} calls Pod ${quoteText(namespace, 63)}/${podName}, which does not run.`,
      fix: 'Look at why the Pod does not run.',
      k8sgpt: peer(`${title} Webhook (${hook}) is pointing to an inactive receiver pod (${podName})`),
    };
  });
}
