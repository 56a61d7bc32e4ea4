import { isObject } from '../api/json.ts';
import { modelBudgetAnnotation, parseModelBudget } from '../api/model-budget.ts';
import { requireAnnotation } from '../api/workflow.ts';
import type { SourceDocument } from '../yaml/source-document.ts';
import type { PlanDependencies } from './compile-plan.ts';
import type { DraftStep } from './draft-step.ts';
import { placeOf, type FaultList } from './fault-list.ts';
import type { StepIndex } from './step-index.ts';
import { didYouMean } from './suggest.ts';

/** Names of clusters that are real. */
export interface KnownClusters {
  /** Whether a name is known without asking any cluster. */
  knows?(name: string): boolean;
  /** All names; may ask the default cluster. */
  names(): Promise<readonly string[]>;
}

/**
 * A cluster that a step names must be known, where clusters are real. It is checked by its name alone; nobody is asked about
 * names that are known anyway, for the default cluster may be one that only an open gate leads to.
 */
export async function checkCluster(step: DraftStep, clusters: KnownClusters | undefined): Promise<void> {
  const cluster = step.properties['cluster'];
  if (clusters === undefined || typeof cluster !== 'string' || cluster === '') return;
  if (clusters.knows?.(cluster) === true) return;
  const names = await clusters.names();
  if (names.includes(cluster)) return;
  const known = names.filter((name) => name !== '');
  const list =
    known.length === 0 ? 'no cluster is known by a name' : `known are ${known.slice(0, 10).join(', ')}`;
  step.reader.fault(
    'UnknownCluster',
    ['properties', 'cluster'],
    `there is no cluster "${cluster}"; ${list}`,
    didYouMean(cluster, known).suggestion,
  );
}

/** A step that calls a model needs a key, an address or a known server of its own when there is none around it. */
export function checkModel(step: DraftStep, model: PlanDependencies['model']): void {
  if (typeof model !== 'object' || step.stepType?.callsModel !== true) return;
  if (bringsModel(step, model.servers ?? [])) return;
  step.reader.fault('NoModel', ['type'], `step "${step.name}" calls a model: ${model.missing}`);
}

function bringsModel({ properties, inputs }: DraftStep, servers: readonly string[]): boolean {
  const { token, baseUrl, server } = properties;
  const isFilled = inputs.some(({ target }) => ['token', 'baseUrl', 'server'].includes(String(target?.[0])));
  if (isFilled || isReal(baseUrl)) return true;
  if (typeof server === 'string' && servers.includes(server)) return true;
  return isObject(token) && (isObject(token['secretRef']) || isReal(token['value']));
}

/** `<your token>` stands for a value that is still to be put there. */
function isReal(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '' && !/^<.*>$/s.test(value.trim());
}

/** What a run wants to spend at most on models, in an annotation. */
export function checkModelBudget(
  document: SourceDocument,
  annotation: string | undefined,
  faults: FaultList,
): void {
  const read = annotation === undefined ? undefined : parseModelBudget(annotation);
  if (read === undefined || read.ok) return;
  const at = placeOf(document, ['metadata', 'annotations', modelBudgetAnnotation]);
  faults.add('BadModelBudget', at, `the budget for models cannot be read: ${read.reason}`);
}

/** Paths of the steps that must have succeeded, from the annotation and from the caller. */
export function readRequired(
  document: SourceDocument,
  annotation: string | undefined,
  extra: readonly string[],
  index: StepIndex,
  faults: FaultList,
): readonly string[] {
  const at = placeOf(document, ['metadata', 'annotations', requireAnnotation]);
  const wanted = [
    ...(annotation ?? '')
      .split(',')
      .map((name) => ({ name: name.trim(), at, source: `the annotation ${requireAnnotation}` })),
    ...extra.map((name) => ({ name: name.trim(), at: document.locate([]), source: 'the request' })),
  ];
  const paths = wanted.flatMap(({ name, at: place, source }) => {
    if (name === '') return [];
    const step = index.byName.get(name) ?? index.steps.find(({ path }) => path === name);
    if (step?.section === 'onFailure') {
      const message = `${source} requires "${name}", a step of \`onFailure\`, which never runs in a run that passes`;
      faults.add('UnknownRequiredStep', place, message);
      return [];
    }
    if (step !== undefined) return [step.path];
    faults.add(
      'UnknownRequiredStep',
      place,
      `${source} requires a step "${name}", which is not in the workflow`,
      didYouMean(name, index.byName.keys()),
    );
    return [];
  });
  return [...new Set(paths)];
}
