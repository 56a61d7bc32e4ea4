import type { DraftOutput, DraftStep } from './draft-step.ts';
import { didYouMean } from './suggest.ts';

/** Steps and outputs by name. Where a name is given twice, the first one counts. */
export interface StepIndex {
  readonly steps: readonly DraftStep[];
  readonly byName: ReadonlyMap<string, DraftStep>;
  readonly outputs: ReadonlyMap<string, { readonly step: DraftStep; readonly output: DraftOutput }>;
}

/** Indexes the steps; reports names that are given twice. */
export function indexSteps(steps: readonly DraftStep[]): StepIndex {
  const byName = new Map<string, DraftStep>();
  const outputs = new Map<string, { step: DraftStep; output: DraftOutput }>();
  for (const step of steps) {
    const first = byName.get(step.name);
    if (first === undefined) byName.set(step.name, step);
    else reportDuplicate(step, first);
    for (const output of step.outputs) {
      const other = outputs.get(output.name);
      if (other === undefined) outputs.set(output.name, { step, output });
      else
        step.reader.fault(
          'DuplicateOutput',
          ['outputs', output.index, 'name'],
          `the output "${output.name}" is also one of step "${other.step.name}"; outputs share one namespace in a run, so rename one of them`,
        );
    }
  }
  for (const step of steps) checkItemName(step, byName);
  return { steps, byName, outputs };
}

function reportDuplicate(step: DraftStep, first: DraftStep): void {
  const { line } = first.reader.place('name');
  step.reader.fault(
    'DuplicateName',
    ['name'],
    `the name "${step.name}" is taken by the step on line ${line}; steps and sub-steps share one namespace, so rename one of them`,
  );
}

/** For its third item, a step `deploy` with `forEach` is `deploy-2` to its step type, which may name objects so. */
function checkItemName(step: DraftStep, byName: ReadonlyMap<string, DraftStep>): void {
  const [, name = ''] = /^(.+)-\d+$/.exec(step.name) ?? [];
  if (byName.get(name)?.loop === undefined) return;
  step.reader.fault(
    'DuplicateName',
    ['name'],
    `"${step.name}" is what an item of the step "${name}" is called, which has \`forEach\`; rename one of them`,
  );
}

/** The longest output name that a `from` begins with (names may contain dots), and the rest of its path. */
export function splitFrom(
  from: string,
  index: StepIndex,
): { readonly name: string; readonly rest: string } | undefined {
  for (const end of ends(from, /[.[]/g)) {
    const name = from.slice(0, end);
    if (index.outputs.has(name)) return { name, rest: from.slice(end) };
  }
  return undefined;
}

/** Where a text may end at one of the separators, the whole text first. Very many separators are no path of anyone. */
export function ends(text: string, separator: RegExp): readonly number[] {
  const found = [...text.slice(0, 2000).matchAll(separator)].map((match) => match.index);
  return [text.length, ...found.toReversed()];
}

/** Resolves the names of `dependsOn`; those that are not known are reported. */
export function resolveDependsOn(
  step: DraftStep,
  index: StepIndex,
): readonly { readonly step: DraftStep; readonly at: number }[] {
  return step.dependsOn.flatMap(({ value, index: at }) => {
    const found = index.byName.get(value);
    if (found !== undefined) return [{ step: found, at }];
    if (step.reader.faults.isFull) return [];
    const { suggestion } = didYouMean(value, index.byName.keys());
    step.reader.fault(
      'UnknownStep',
      ['dependsOn', at],
      `there is no step "${value}" to depend on`,
      suggestion,
    );
    return [];
  });
}
