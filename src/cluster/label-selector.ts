import { SluiceError } from '../api/errors.ts';

type Labels = Readonly<Record<string, unknown>>;
type Requirement = (labels: Labels) => boolean;

const namePattern =
  /^(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const valuePattern = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/**
 * Reads selector text: `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b,c)`, `a`, `!a`, joined by commas. Throws
 * SluiceError `invalid`.
 */
export function parseLabelSelector(text: string): (labels: Labels | undefined) => boolean {
  const requirements = splitRequirements(text).map((part) => parseRequirement(part, text));
  return (labels) => requirements.every((matches) => matches(labels ?? {}));
}

/** Splits at the commas outside of parentheses. */
function splitRequirements(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    const char = text[index];
    if (char === '(') depth++;
    else if (char === ')') depth--;
    else if (char === ',' && depth === 0) {
      parts.push(text.slice(start, index).trim());
      start = index + 1;
    }
  }
  const last = text.slice(start).trim();
  return parts.length === 0 && last === '' ? [] : [...parts, last];
}

function parseRequirement(part: string, text: string): Requirement {
  const set = /^(\S+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(part);
  if (set !== null) {
    const key = checkKey(set[1] ?? '', text);
    const values = new Set((set[3] ?? '').split(',').map((value) => checkValue(value.trim(), text)));
    const isIn = (labels: Labels): boolean => has(labels, key) && values.has(String(labels[key]));
    return set[2] === 'in' ? isIn : (labels) => !isIn(labels);
  }
  const equality = /^([^=!]+?)\s*(==|=|!=)\s*([^=!]*)$/.exec(part);
  if (equality !== null) {
    const key = checkKey(equality[1] ?? '', text);
    const value = checkValue(equality[3] ?? '', text);
    const isEqual = (labels: Labels): boolean => has(labels, key) && labels[key] === value;
    return equality[2] === '!=' ? (labels) => !isEqual(labels) : isEqual;
  }
  if (part.startsWith('!')) {
    const key = checkKey(part.slice(1).trim(), text);
    return (labels) => !has(labels, key);
  }
  const key = checkKey(part, text);
  return (labels) => has(labels, key);
}

function has(labels: Labels, key: string): boolean {
  return Object.hasOwn(labels, key);
}

function checkKey(key: string, text: string): string {
  if (key.length <= 317 && namePattern.test(key)) return key;
  throw refusal(text, `"${key}" is no label name`);
}

function checkValue(value: string, text: string): string {
  if (valuePattern.test(value)) return value;
  throw refusal(text, `"${value}" is no label value`);
}

function refusal(text: string, why: string): SluiceError {
  return new SluiceError('invalid', 'LabelSelector', `The label selector "${text}" cannot be read: ${why}.`, {
    hint: 'Write it as kubectl takes it, such as app=web,tier!=db or "env in (test,prod)".',
  });
}
