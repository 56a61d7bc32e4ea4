import type { JsonObject } from '../api/json.ts';
import type { KubeObject } from '../api/kube-object.ts';
import { isObject, parseJson } from '../api/json.ts';
import { fieldAt, objectAt, objectsAt, textAt } from '../analyze/json-fields.ts';
import { workloadOf } from '../analyze/pod-template.ts';
import { isSecretShape } from '../analyze/secret-name.ts';
import { namesSecret } from '../analyze/secrets/secret-names.ts';
import { looksRandom } from '../analyze/secrets/token-shapes.ts';

const placeholder = /^(?:\$\([\w.-]+\)|\$\{[^{}]*\}|<[^<>]*>|true|false|)$/i;

/**
 * Values that objects hold in places for secrets: data of Secrets, variables, headers and arguments whose name or shape says
 * so. They are looked for in all evidence, since programs repeat them in logs.
 */
export function objectSecrets(objects: readonly KubeObject[]): readonly string[] {
  const values = new Set<string>();
  for (const object of objects) {
    if (object.kind === 'Secret') for (const value of secretData(object)) values.add(value);
    for (const container of workloadOf(object)?.containers ?? []) {
      for (const value of containerSecrets(container.spec)) values.add(value);
    }
    const applied = textAt(
      object,
      'metadata',
      'annotations',
      'kubectl.kubernetes.io/last-applied-configuration',
    );
    if (applied !== '') for (const value of appliedSecrets(applied)) values.add(value);
  }
  return [...values].map(essence).filter((value) => !placeholder.test(value.trim()));
}

/** Of an address with a password in it only the password: which host it is may be what is wrong. */
function essence(value: string): string {
  return /^[a-z][a-z0-9+.-]{1,30}:\/\/[^\s/@:]*:([^\s@]+)@\S*$/i.exec(value)?.[1] ?? value;
}

function secretData(secret: KubeObject): readonly string[] {
  const values: string[] = [];
  for (const encoded of Object.values(objectAt(secret, 'data'))) {
    if (typeof encoded !== 'string') continue;
    const plain = Buffer.from(encoded, 'base64').toString('utf8');
    values.push(plain, ...innerTexts(plain));
  }
  for (const plain of Object.values(objectAt(secret, 'stringData'))) {
    if (typeof plain === 'string') values.push(plain, ...innerTexts(plain));
  }
  return values;
}

/** Of a JSON document in a Secret, such as a registry's credentials, the parts count, too. */
function innerTexts(document: string): readonly string[] {
  if (!/^\s*[{[]/.test(document)) return [];
  try {
    const found: string[] = [];
    const walk = (value: unknown, key: string): void => {
      if (typeof value === 'string' && (namesSecret(key) || isSecretShape(value) || looksRandom(value))) {
        found.push(value);
        if (key === 'auth')
          found.push(
            Buffer.from(value, 'base64')
              .toString('utf8')
              .replace(/^[^:]*:/, ''),
          );
      } else if (Array.isArray(value)) for (const item of value) walk(item, key);
      else if (isObject(value)) for (const [name, item] of Object.entries(value)) walk(item, name);
    };
    walk(parseJson(document), '');
    return found;
  } catch {
    return [];
  }
}

function containerSecrets(container: JsonObject): readonly string[] {
  const pairs = [
    ...objectsAt(container, 'env'),
    ...['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((probe) =>
      objectsAt(container, probe, 'httpGet', 'httpHeaders'),
    ),
    ...['postStart', 'preStop'].flatMap((hook) =>
      objectsAt(container, 'lifecycle', hook, 'httpGet', 'httpHeaders'),
    ),
  ];
  const values = pairs
    .filter((pair) => isSecret(textAt(pair, 'name'), textAt(pair, 'value')))
    .map((pair) => textAt(pair, 'value').replace(/^(?:Bearer|Basic|Token)\s+/i, ''));
  return [...values, ...argumentSecrets(container)];
}

function isSecret(name: string, value: string): boolean {
  return value !== '' && (namesSecret(name) || isSecretShape(value) || looksRandom(value));
}

/** `--password=x`, `--password x`, and what looks random beside any flag. */
function argumentSecrets(container: JsonObject): readonly string[] {
  const found: string[] = [];
  for (const field of ['command', 'args']) {
    const list = fieldAt(container, field);
    const words = Array.isArray(list) ? list.filter((item): item is string => typeof item === 'string') : [];
    for (const [index, word] of words.entries()) {
      const assigned = /^(-{0,2}[\w.-]{1,80})=(.+)$/s.exec(word);
      const [, name = '', value = ''] = assigned ?? [];
      if (assigned !== null && isSecret(name, value)) found.push(value);
      else if (word.startsWith('-') && namesSecret(word)) found.push(words[index + 1] ?? '');
      else if (assigned === null && (isSecretShape(word) || looksRandom(word))) found.push(word);
    }
  }
  return found;
}

/** What was applied last may still hold a literal that has moved to a Secret since. */
function appliedSecrets(document: string): readonly string[] {
  try {
    const applied = parseJson(document);
    return isObject(applied) ? objectSecrets([applied as unknown as KubeObject]) : [];
  } catch {
    return [];
  }
}
