import { SluiceError } from '../../../api/errors.ts';
import { isObject, type Json } from '../../../api/json.ts';

/** What a user tells in-memory clusters about images: the content of `--cluster-file`. */
export interface ClusterRules {
  /** The first rule that fits an image counts. */
  readonly images: readonly ImageRule[];
}

export interface ImageRule {
  /** As containers spell it or in full (`docker.io/library/nginx:1.27`); `*` stands for anything. */
  readonly image: string;
  /** Only on this cluster; '' is the default one. Absent: on all. */
  readonly cluster?: string;
  /** Whether it can be pulled. Absent: as without the rule. */
  readonly pull?: boolean;
  /** With `pull: false`: what the registry answers. */
  readonly error?: string;
  /** The program ends with this code: a Job succeeds on 0 and fails otherwise, a Deployment's container crashes in a loop. */
  readonly exitCode?: number;
  /** False: its containers run and never become ready. */
  readonly ready?: boolean;
}

export const noRules: ClusterRules = { images: [] };

const fields: Readonly<Record<string, 'string' | 'boolean' | 'number'>> = {
  image: 'string',
  cluster: 'string',
  pull: 'boolean',
  error: 'string',
  exitCode: 'number',
  ready: 'boolean',
};

/** Checks a document `images: [{image, cluster?, pull?, error?, exitCode?, ready?}]`. `file` is for the message. Throws SluiceError `invalid`. */
export function readClusterRules(document: Json, file: string): ClusterRules {
  if (document === null) return noRules;
  if (!isObject(document)) throw refusal(file, 'it must be a map with the field images');
  const unknown = Object.keys(document).find((key) => key !== 'images');
  if (unknown !== undefined) throw refusal(file, `it has the unknown field ${unknown}`);
  const images = document['images'] ?? [];
  if (!Array.isArray(images)) throw refusal(file, 'images must be a list');
  return { images: images.map((entry: Json, index) => readRule(entry, `images[${index}]`, file)) };
}

export function findImageRule(
  rules: ClusterRules,
  cluster: string,
  names: readonly string[],
): ImageRule | undefined {
  return rules.images.find(
    (rule) =>
      (rule.cluster === undefined || rule.cluster === cluster) &&
      names.some((name) => fitsPattern(rule.image, name)),
  );
}

function readRule(entry: Json, path: string, file: string): ImageRule {
  if (!isObject(entry)) throw refusal(file, `${path} must be a map`);
  for (const [key, value] of Object.entries(entry)) {
    const wanted = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (wanted === undefined)
      throw refusal(
        file,
        `${path} has the unknown field ${key} (there are ${Object.keys(fields).join(', ')})`,
      );
    if (typeof value !== wanted) throw refusal(file, `${path}.${key} must be a ${wanted}`);
  }
  if (typeof entry['image'] !== 'string' || entry['image'] === '')
    throw refusal(file, `${path}.image is missing`);
  const exitCode = entry['exitCode'];
  if (
    exitCode !== undefined &&
    !(Number.isInteger(exitCode) && Number(exitCode) >= 0 && Number(exitCode) <= 255)
  )
    throw refusal(file, `${path}.exitCode must be a whole number from 0 to 255`);
  return entry as unknown as ImageRule;
}

/** `*` is anything. Linear: no pattern can make it slow. */
function fitsPattern(pattern: string, text: string): boolean {
  const parts = pattern.split('*');
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (parts.length === 1) return pattern === text;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
    return false;
  let position = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, position);
    if (found < 0) return false;
    position = found + part.length;
  }
  return position <= text.length - last.length;
}

function refusal(file: string, why: string): SluiceError {
  return new SluiceError('invalid', 'ClusterFile', `The cluster file ${file} cannot be used: ${why}.`, {
    hint: 'It looks like this: images: [{image: "corp.example/app:*", pull: false}]',
  });
}
