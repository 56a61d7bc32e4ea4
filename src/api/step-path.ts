/*
 * Paths of steps: `deploy`, `group/deploy` for a sub-step, `caller/deploy` for a step of a Workflow that a step calls, `deploy[2]` for the third item of a step with `forEach`. No name of
 * a step has a slash or a bracket.
 */

/** Path, and name, of what a step with `forEach` does for one item. */
export function itemPath(step: string, position: number): string {
  return `${step}[${position}]`;
}

/** The path of the step as its author wrote it: without the position of an item. */
export function writtenPath(path: string): string {
  return path.replace(/\[\d+\]$/, '');
}

/**
 * The path of a sub-step by the path of the step that has it, and its own name; that of an item, and of a step of a Workflow that
 * is called, is its path already.
 */
export function subStepPath(parent: string, name: string): string {
  return writtenPath(name) === name && !name.includes('/') ? `${parent}/${name}` : name;
}
