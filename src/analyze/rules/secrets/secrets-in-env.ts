import type { JsonObject } from '../../../api/json.ts';
import type { WorkloadRule } from '../rule.ts';
import { objectsAt, textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import { isSecretName, isSecretShape } from '../../secret-name.ts';
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
      .filter(holdsSecret)
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

function holdsSecret(variable: JsonObject): boolean {
  const value = textAt(variable, 'value');
  // $(NAME) refers to another variable; numbers and booleans are settings, not secrets.
  if (value === '' || /^\$\([^)]*\)$/.test(value) || /^(?:\d{1,6}|true|false)$/i.test(value)) return false;
  return isSecretShape(value) || isSecretName(textAt(variable, 'name'));
}
