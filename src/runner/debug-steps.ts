import { SluiceError } from '../api/errors.ts';
import type { Json, JsonObject } from '../api/json.ts';
import type { RunState, StepState } from '../engine/state.ts';
import type { RunView, StepView } from '../engine/view.ts';
import type { StepDebug } from './backend.ts';

/** KubeVela's annotation; a run without it tells nothing beyond its status. */
export const debugAnnotation = 'workflowrun.oam.dev/debug';

/** vela's words. Throws SluiceError `invalid`/`NotInDebugMode`. */
export function mustBeInDebugMode(name: string, annotations: Readonly<Record<string, string>>): void {
  if (annotations[debugAnnotation] === 'true') return;
  throw new SluiceError(
    'invalid',
    'NotInDebugMode',
    `workflow ${name} is not in debug mode, please make sure your workflow have the debug annotation [${debugAnnotation}:true] then re-run the workflow`,
  );
}

/** What the state knows of each step. `show` masks a value, or hides it. */
export function debugSteps(
  view: RunView,
  state: RunState | undefined,
  show: (value: Json) => Json,
): readonly StepDebug[] {
  return view.steps.flatMap((step) => [step, ...step.subSteps]).map((step) => debugStep(step, state, show));
}

function debugStep(step: StepView, state: RunState | undefined, show: (value: Json) => Json): StepDebug {
  const { path, type, phase, reason, message } = step;
  const own = state?.steps[path];
  const outputs = Object.entries(state?.outputs ?? {}).filter(([, output]) => output.step === path);
  return {
    path,
    type,
    phase,
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
    ...(own === undefined || own.stage.kind === 'done' || own.stage.kind === 'waiting'
      ? {}
      : openStep(own, show)),
    ...(outputs.length === 0
      ? {}
      : {
          outputs: Object.fromEntries(
            outputs.map(([name, { value, sensitive }]) => [name, sensitive ? '***' : show(value)]),
          ),
        }),
  };
}

function openStep(own: StepState, show: (value: Json) => Json): Partial<StepDebug> {
  return {
    stage: JSON.parse(JSON.stringify(own.stage)) as JsonObject,
    attempt: own.attempt,
    recorded: own.recorded.map(({ path, op, result }) => ({ path, op, result: show(result) })),
  };
}
