import type { KubeObject } from '../../api/kube-object.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import { table } from '../terminal/table.ts';
import { columnsOf, eventTimeMs } from './kind-columns.ts';

export interface TableOptions {
  readonly nowMs: number;
  readonly isWide: boolean;
  /** A first column says where each object is. */
  readonly hasNamespaces: boolean;
}

/** Objects of one kind as `kubectl get` shows them. Events stand in the order of time. */
export function objectTable(kind: string, objects: readonly KubeObject[], options: TableOptions): string {
  const { nowMs, isWide, hasNamespaces } = options;
  const columns = columnsOf(kind).filter((column) => isWide || column.isWide !== true);
  const ordered = kind === 'Event' ? byTime(objects) : objects;
  const head = columns.map((column) => column.head);
  const rows = ordered.map((object) => {
    const cells = columns.map((column) => cleanLine(column.cell(object, nowMs)));
    return hasNamespaces ? [object.metadata.namespace ?? '', ...cells] : cells;
  });
  return table([hasNamespaces ? ['NAMESPACE', ...head] : head, ...rows]);
}

export function byTime(events: readonly KubeObject[]): readonly KubeObject[] {
  return events.toSorted((a, b) => (eventTimeMs(a) ?? 0) - (eventTimeMs(b) ?? 0) || version(a) - version(b));
}

/** Times have whole seconds: within one, what was stored first comes first. */
function version({ metadata }: KubeObject): number {
  const number = Number(metadata.resourceVersion);
  return Number.isNaN(number) ? 0 : number;
}
