import { SluiceError } from '../api/errors.ts';
import { parseFieldPath } from '../api/field-path.ts';
import type { Json } from '../api/json.ts';
import type { RunRequest } from '../runner/session.ts';
import { resolvePlain } from '../yaml/resolve-scalar.ts';

/**
 * `context.key=value` or `parameters.name=value` of `--set`. The value is what YAML makes of the text: `3`, `true` and `null`
 * are no strings, `"3"` is.
 */
export function parseSetOption(text: string): RunRequest['context'][number] {
  const equals = text.indexOf('=');
  const path = equals === -1 ? undefined : parseFieldPath(text.slice(0, equals));
  const [root, ...rest] = path ?? [];
  const isKnown = root === 'context' || root === 'parameters';
  if (!isKnown || rest.length === 0 || rest.some((segment) => segment === '__proto__')) {
    throw new SluiceError(
      'invalid',
      'BadOption',
      `--set ${text}: expected context.KEY=VALUE or parameters.NAME=VALUE`,
      { hint: 'For example: --set context.env=staging --set parameters.replicas=3' },
    );
  }
  const value = scalar(text.slice(equals + 1), text);
  return root === 'context' ? { path: rest, value } : { path: rest, value, field: root };
}

function scalar(text: string, option: string): Json {
  const single = /^'((?:[^']|'')*)'$/.exec(text)?.[1];
  if (single !== undefined) return single.replaceAll("''", "'");
  if (/^"(?:[^"\\]|\\.)*"$/.test(text)) {
    try {
      return JSON.parse(text) as string;
    } catch {
      return text;
    }
  }
  const resolved = resolvePlain(text);
  if (!resolved.ok) throw new SluiceError('invalid', 'BadOption', `--set ${option}: ${resolved.message}`);
  return resolved.value;
}
