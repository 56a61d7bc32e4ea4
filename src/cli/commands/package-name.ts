import { isObject } from '../../api/json.ts';
import type { FoundPackage } from '../../runner/backend.ts';

const prefix = 'package/';

/** The name of the Package that `package/NAME` means; undefined for the name of a step type. */
export function packageNamed(argument: string): string | undefined {
  return argument.startsWith(prefix) ? argument.slice(prefix.length) : undefined;
}

/** What a Package is called beside step types. */
export function packageArgument({ name }: FoundPackage): string {
  return `${prefix}${name}`;
}

/** Such as `import "ext/db/mysql", calls https://tables.example.com/mysql`. */
export function packageSummary({ object }: FoundPackage): string {
  const spec = isObject(object['spec']) ? object['spec'] : {};
  const provider = isObject(spec['provider']) ? spec['provider'] : {};
  const endpoint = provider['endpoint'];
  const path = typeof spec['path'] === 'string' ? spec['path'] : '';
  return `import ${JSON.stringify(path)}${typeof endpoint === 'string' ? `, calls ${endpoint}` : ''}`;
}
