import type { WorkloadRule } from '../rule.ts';
import { objectsAt, textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import { isPlainSecret } from '../../secret-name.ts';
import { perContainer } from '../rule.ts';
import { documented } from '../source.ts';

/** Names the variables only: a value must not get from here into an answer, a log or a status. */
export const secretsInEnv: WorkloadRule = {
  id: 'SecretInEnv',
  severity: 'high',
  category: 'secrets',
  reason: 'manifests are stored, copied and shown where secrets must not be',
  source: documented('Good practices for Kubernetes Secrets', 'concepts/security/secrets-good-practices/'),
  check: perContainer((container) => {
    const names = objectsAt(container.spec, 'env')
      .filter((variable) => isPlainSecret(textAt(variable, 'name'), textAt(variable, 'value')))
      .map((variable) => textAt(variable, 'name'));
    if (names.length === 0) return undefined;
    const list =
      quoteText(names.slice(0, 10).join(', '), 300) +
      (names.length > 10 ? ` and ${names.length - 10} more` : '');
    return {
      fieldPath: `${container.path}.env`,
      text: `Container "${container.name}" has secrets as plain text in its environment (${list}): everyone who may read the object can read them.`,
      fix: `Move ${list} to a Secret, refer to it with valueFrom.secretKeyRef in ${container.path}.env, and replace the exposed values.`,
    };
  }),
};
