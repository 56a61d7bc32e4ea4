/** What a step with `forEach` has beside outputs and context: the item that it is at, and its position, from 0. */
export const itemNames: ReadonlySet<string> = new Set(['item', 'index']);

/** Whether a `from` names one of them, or a path into the item. */
export function namesItem(from: string): boolean {
  return from === 'index' || /^item(?:$|[.[])/.test(from);
}
