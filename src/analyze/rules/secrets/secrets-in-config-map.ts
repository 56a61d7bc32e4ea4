import { formatFieldPath } from '../../../api/field-path.ts';
import { objectAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import { isPlainSecret, isSecretShape } from '../../secret-name.ts';
import type { ObjectRule } from '../rule.ts';
import { documented } from '../source.ts';

/** Only so many lines and characters of a file are looked at. */
const lineLimit = 5000;
const lineLength = 500;

/** Names the keys only: a value must not get from here into an answer, a log or a status. */
export const secretsInConfigMap: ObjectRule = {
  id: 'SecretInConfigMap',
  severity: 'high',
  category: 'secrets',
  reason: 'ConfigMaps are read by far more people and programs than Secrets, and are not encrypted at rest',
  source: documented('ConfigMaps', 'concepts/configuration/configmap/'),
  kinds: ['ConfigMap'],
  check: (object) =>
    Object.entries(objectAt(object, 'data')).flatMap(([key, value]) => {
      const setting = typeof value === 'string' ? secretSetting(key, value) : undefined;
      if (setting === undefined) return [];
      const fieldPath = formatFieldPath(['data', key]);
      const name = quoteText(setting, 100);
      return [
        {
          fieldPath,
          text: `The ConfigMap holds a secret as plain text${setting === key ? '' : `, as ${name}`} in ${quoteText(key, 100)}.`,
          fix: `Move ${name} to a Secret, and replace the exposed value.`,
        },
      ];
    }),
};

/** What the secret is called: the key, or a setting in a file of several lines. */
function secretSetting(key: string, value: string): string | undefined {
  if (!value.trim().includes('\n')) return isHeld(key, value.trim()) ? key : undefined;
  for (const line of value.split('\n', lineLimit)) {
    const match = /^\s*(?:export\s+)?["']?([A-Za-z][\w.-]{0,99})["']?\s*[:=]\s*(\S.*)$/.exec(
      line.slice(0, lineLength),
    );
    const [, name = '', text = ''] = match ?? [];
    const written = text
      .trim()
      .replace(/[,;]$/, '')
      .replace(/^(["'])(.*)\1$/, '$2');
    if (name === '' ? isSecretShape(line.trim()) : isHeld(name, written)) return name === '' ? key : name;
  }
  return undefined;
}

/** What stands in `${…}`, `{{…}}`, `<…>`, `%…%`, or names a file, is filled in later. */
function isHeld(name: string, value: string): boolean {
  if (value.length < 3 || /^(?:[$%[{]|<(?!token:|private-key:)|[/@]|file:|null$|none$|""$|''$)/i.test(value))
    return false;
  // `tls-secret: web` names an object far more often than it holds one.
  return /secret$/i.test(name) ? isSecretShape(value) : isPlainSecret(name, value);
}
