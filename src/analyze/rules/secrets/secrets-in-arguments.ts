import { textsAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import { isPlainSecret, isSecretShape } from '../../secret-name.ts';
import { perContainer, type WorkloadRule } from '../rule.ts';
import { documented } from '../source.ts';

/** Names the arguments only: a value must not get from here into an answer, a log or a status. */
export const secretsInArguments: WorkloadRule = {
  id: 'SecretInArguments',
  severity: 'high',
  category: 'secrets',
  reason: 'arguments also stand in the process list of the node, in crash reports and in logs',
  source: documented('Good practices for Kubernetes Secrets', 'concepts/security/secrets-good-practices/'),
  check: perContainer((container) => {
    for (const field of ['command', 'args']) {
      const words = textsAt(container.spec, field);
      const index = words.findIndex((_, at) => holdsSecret(words, at));
      if (index < 0) continue;
      const fieldPath = `${container.path}.${field}[${index}]`;
      const flag = flagOf(words[index] ?? '').name;
      const named = flag === '' ? '' : ` (${quoteText(flag, 63)})`;
      return {
        fieldPath,
        text: `Container "${container.name}" gets a secret as an argument${named}: everyone who may read the object can read it.`,
        fix: `Move it to a Secret, mount that as a file or refer to a variable with $(NAME) in ${fieldPath}, and replace the exposed value.`,
      };
    }
    return undefined;
  }),
};

/** `--tls-secret=web` names an object; these hold one. */
const heldSecret = /(?:client|cookie|app|jwt|shared|session|signing)[-_.]?secret$/i;

/** `--password=…`, `--password …`, or a value that is a secret by its shape. */
function holdsSecret(words: readonly string[], index: number): boolean {
  const word = words[index] ?? '';
  const { name, value } = flagOf(word);
  if (name === '') return isSecretShape(word);
  // Many flags about tokens take no value, so that what follows is another argument.
  const next = /token$/i.test(name) ? '' : (words[index + 1] ?? '');
  const given = value ?? next;
  if (/secret$/i.test(name) && !heldSecret.test(name)) return isSecretShape(given);
  return !given.startsWith('-') && !/^[/@]|^file:/.test(given) && isPlainSecret(name, given);
}

/** `value` is absent where it would be the next argument. */
function flagOf(word: string): { readonly name: string; readonly value?: string } {
  const match = /^--?([A-Za-z][\w.-]{0,99})(?:=([^]*))?$/.exec(word);
  const [, name = '', value] = match ?? [];
  return value === undefined ? { name } : { name, value };
}
