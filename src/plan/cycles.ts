import type { DraftStep } from './draft-step.ts';
import type { Edges } from './edges.ts';

/** A step's start and its end are points of their own: a group ends after its sub-steps, which start after it did. */
interface Point {
  readonly step: DraftStep;
  readonly waitsFor: Point[];
}

/** Reports steps that wait for each other, be it through `dependsOn`, inputs, an `if`, a group or the order of a list. */
export function checkCycles(steps: readonly DraftStep[], edges: ReadonlyMap<DraftStep, Edges>): void {
  const reported = new Set<DraftStep>();
  walk(points(steps, edges), (trail, next) => {
    // A dense tangle has very many cycles: each told one holds a step that no other did.
    if (reported.has(next.step) && reported.has(trail.at(-1)?.step ?? next.step)) return;
    const cycle = stepsOf(trail.slice(trail.indexOf(next)));
    const isKnown = cycle.every((step) => reported.has(step));
    for (const step of cycle) reported.add(step);
    if (!isKnown) report(cycle);
  });
}

function report(cycle: readonly DraftStep[]): void {
  // It is told from the first step of the file that itself says whom it waits for.
  const links = cycle.map((step, at) => ({
    step,
    at,
    reason: reasonOf(step, cycle[(at + 1) % cycle.length] ?? step),
  }));
  const [first] = links.toSorted(
    (a, b) => Number(a.reason.length === 0) - Number(b.reason.length === 0) || compare(a.step, b.step),
  );
  if (first === undefined) return;
  const turned = [...cycle.slice(first.at), ...cycle.slice(0, first.at), first.step];
  const shown = turned.length > 12 ? [...turned.slice(0, 6), undefined, ...turned.slice(-5)] : turned;
  const names = shown.map((step) => step?.name ?? '…').join(' → ');
  const message =
    cycle.length === 1
      ? `step "${first.step.name}" waits for itself: ${names}`
      : `these steps wait for each other, each for the next: ${names}; remove one of the dependencies`;
  first.step.reader.fault('DependencyCycle', first.reason, message);
}

/** The field of `step` that makes it wait for `other`. */
function reasonOf(step: DraftStep, other: DraftStep): readonly (string | number)[] {
  const named = step.dependsOn.find(({ value }) => value === other.name);
  if (named !== undefined) return ['dependsOn', named.index];
  const gate = step.requires.find(({ value }) => value === other.name);
  if (gate !== undefined) return ['requires', gate.index];
  const input = step.inputs.find(({ from }) =>
    other.outputs.some(
      ({ name }) => from === name || from.startsWith(`${name}.`) || from.startsWith(`${name}[`),
    ),
  );
  if (input !== undefined) return [...input.at, 'from'];
  return step.condition?.includes(other.name) === true ? ['if'] : [];
}

function points(steps: readonly DraftStep[], edges: ReadonlyMap<DraftStep, Edges>): readonly Point[] {
  const starts = new Map<DraftStep, Point>();
  const ends = new Map<DraftStep, Point>();
  for (const step of steps) {
    const start: Point = { step, waitsFor: [] };
    starts.set(step, start);
    ends.set(step, { step, waitsFor: [start] });
  }
  const last = new Map<DraftStep | undefined, DraftStep>();
  for (const step of steps) {
    const { waitsFor } = starts.get(step) ?? { waitsFor: [] };
    for (const other of edges.get(step)?.after ?? []) push(waitsFor, ends.get(other));
    if (step.siblingMode === 'StepByStep')
      push(waitsFor, ends.get(last.get(step.parent) ?? step), last.has(step.parent));
    last.set(step.parent, step);
    if (step.parent === undefined) continue;
    push(waitsFor, starts.get(step.parent));
    push(ends.get(step.parent)?.waitsFor ?? [], ends.get(step));
  }
  return [...starts.values(), ...ends.values()];
}

function push(list: Point[], point: Point | undefined, isWanted = true): void {
  if (point !== undefined && isWanted) list.push(point);
}

/** Walks in depth and tells of each link back into the trail; without recursion, since a chain may have a thousand links. */
function walk(all: readonly Point[], onCycle: (trail: readonly Point[], next: Point) => void): void {
  const done = new Set<Point>();
  for (const root of all) {
    const trail = [root];
    const tried = [0];
    const onTrail = new Set<Point>(trail);
    for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
      const at = trail.length - 1;
      const next = done.has(top) ? undefined : top.waitsFor[tried[at] ?? 0];
      tried[at] = (tried[at] ?? 0) + 1;
      if (next === undefined) {
        done.add(top);
        onTrail.delete(top);
        trail.pop();
        tried.pop();
      } else if (onTrail.has(next)) {
        onCycle(trail, next);
      } else if (!done.has(next)) {
        onTrail.add(next);
        trail.push(next);
        tried.push(0);
      }
    }
  }
}

/** The steps of points, each once where it stands twice in a row. */
function stepsOf(trail: readonly Point[]): DraftStep[] {
  const steps = trail.map(({ step }) => step);
  const distinct = steps.filter((step, index) => step !== steps[index - 1]);
  return distinct.length > 1 && distinct[0] === distinct.at(-1) ? distinct.slice(0, -1) : distinct;
}

function compare(a: DraftStep, b: DraftStep): number {
  const [left, right] = [a.reader.place(), b.reader.place()];
  return left.line - right.line || left.column - right.column;
}
