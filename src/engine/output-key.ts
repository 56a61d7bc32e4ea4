const separator = '//';

/**
 * Where the state of a run keeps an output: those of a Workflow that a step calls under the path of that step. No path of a
 * step has the separator, since no name of one is empty or has a slash; the plan refuses outputs with it, the engine variables.
 */
export function outputKey(space: string | undefined, name: string): string {
  return space === undefined ? name : space + separator + name;
}

/** Whether a name could be taken for a key. */
export function isLikeKey(name: string): boolean {
  return name.includes(separator);
}

/** The names that stand under the keys of a space, longest first. */
export function namesIn(space: string | undefined, keys: readonly string[]): readonly string[] {
  const prefix = outputKey(space, '');
  const own = space === undefined ? keys.filter((key) => !isLikeKey(key)) : keys;
  const names = own.flatMap((key) => (key.startsWith(prefix) ? [key.slice(prefix.length)] : []));
  return names.toSorted((a, b) => b.length - a.length);
}
