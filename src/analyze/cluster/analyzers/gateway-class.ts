import { objectAt, textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { Analyzer, Problem } from '../analyzer.ts';
import { conditionsAt, saying, type Condition } from '../condition.ts';
import type { Look } from '../look.ts';
import { sinceMs, settlingMs } from '../rollout-grace.ts';

export const gatewayClass: Analyzer = {
  name: 'GatewayClass',
  judges: ['GatewayClass'],
  reads: [],
  check: (look) =>
    conditionsAt(look, objectAt(look.object, 'status'))
      .filter(({ status }) => status !== 'True')
      .flatMap((condition) => {
        if (condition.type === 'Accepted') return notAccepted(look, condition);
        return condition.type === 'SupportedVersion' ? [unsupported(condition)] : [];
      }),
};

function notAccepted(look: Look, condition: Condition): readonly Problem[] {
  // Every class begins as unknown, with a time long gone, until its controller has seen it.
  if (sinceMs(look, textAt(look.object, 'metadata', 'creationTimestamp')) < settlingMs) return [];
  const controller = quoteText(textAt(look.object, 'spec', 'controllerName'), 253);
  const isWaiting = condition.status !== 'False';
  return [
    {
      id: 'GatewayClassNotAccepted',
      severity: 'high',
      fieldPath: 'status.conditions{Accepted}',
      text: isWaiting
        ? `No controller has taken up the class: ${controller} does not answer (${saying(condition)}).`
        : `Controller ${controller} does not accept the class: ${saying(condition)}`,
      fix: isWaiting
        ? 'Install the controller, or correct spec.controllerName.'
        : 'Correct what the message names, such as spec.parametersRef.',
      k8sgpt: {
        text: `GatewayClass '${look.name}' with a controller name '${controller}' is not accepted. Message: '${condition.message}'.`,
      },
    },
  ];
}

function unsupported(condition: Condition): Problem {
  return {
    id: 'GatewayApiVersionUnsupported',
    severity: 'low',
    fieldPath: 'status.conditions{SupportedVersion}',
    text: `The controller does not support the version of the Gateway API that is installed: ${saying(condition)}`,
    fix: 'Install the version of the Gateway API that the controller asks for.',
  };
}
