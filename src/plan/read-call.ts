import { isObject, type JsonObject } from '../api/json.ts';
import { workflowOutputSchema, workflowSchema } from '../api/schema/kind-schemas.ts';
import { fieldNames } from '../api/schema/schema-parts.ts';
import { compileCheck } from '../step-types/schema/parameter-check.ts';
import type { StepType } from '../step-types/step-type.ts';
import type { SourceDocument } from '../yaml/source-document.ts';
import type { DraftCall, DraftStep, DraftWorkflowOutput } from './draft-step.ts';
import type { FieldReader } from './field-reader.ts';
import type { NameSpace } from './name-space.ts';
import { handlerSections } from './read-handlers.ts';
import { readParameterSchema } from './read-parameters.ts';
import { readKind, readMode } from './read-run.ts';
import { didYouMean } from './suggest.ts';

/** Calls within calls. */
const deepest = 5;

/** The Workflow that a step calls; what cannot be called is reported. */
export function readCall(
  step: Pick<DraftStep, 'reader' | 'inputs' | 'properties' | 'space'>,
  workflows: ReadonlyMap<string, SourceDocument>,
): DraftCall | undefined {
  const { reader, inputs, properties, space } = step;
  const at = ['properties', 'workflow'];
  const filled = inputs.find(({ target }) => target?.[0] === 'workflow');
  if (filled !== undefined) {
    const message = 'which Workflow is called must be known before the run: write its name in `properties`';
    return reader.fault('BadCall', [...filled.at, 'parameterKey'], message);
  }
  const { workflow: name } = properties;
  // That there is none, or that it is no text, is told by the step type.
  if (typeof name !== 'string' || name === '') return undefined;
  const callers = callersOf(space);
  if (callers.includes(name)) {
    const circle = [...callers.slice(callers.indexOf(name)), name].join(' → ');
    return reader.fault('BadCall', at, `Workflows call each other in a circle: ${circle}`);
  }
  if (callers.length > deepest)
    return reader.fault(
      'BadCall',
      at,
      `Workflows call each other more than ${deepest} deep: ${callers.join(' → ')}`,
    );
  const document = workflows.get(name);
  if (document === undefined) {
    const message = `there is no Workflow "${name}" to call; add it to the files or to those of --defs, or apply it to the cluster`;
    return reader.fault('UnknownWorkflow', at, message, didYouMean(name, workflows.keys()).suggestion);
  }
  const body = readKind(document, 'Workflow', fieldNames(workflowSchema), reader.faults);
  if (body === undefined) return undefined;
  const handlers = handlerSections.filter((section) => body.has(section));
  if (handlers.length > 0) {
    const message = `the Workflow "${name}" has \`${handlers.join('` and `')}\`, which only a run can have: it cannot be called`;
    return reader.fault('BadCall', at, message);
  }
  return {
    workflow: name,
    body,
    mode: readMode(body).mode,
    parameterSchema: readParameterSchema(body),
    outputs: readWorkflowOutputs(body),
  };
}

/** Names of the Workflows that lead to a step, the run's own first; one that has no name is left empty. */
function callersOf(space: NameSpace): readonly string[] {
  const { caller, workflow = '' } = space;
  return caller === undefined ? [workflow] : [...callersOf(caller.space), workflow];
}

/** What the Workflow at `reader` gives to who calls it. */
export function readWorkflowOutputs(reader: FieldReader): readonly DraftWorkflowOutput[] {
  const names = new Set<string>();
  return reader.children('outputs').flatMap((output, index): readonly DraftWorkflowOutput[] => {
    output.checkFields(fieldNames(workflowOutputSchema));
    const name = output.requiredText('name', 'who calls the Workflow takes the output by its name');
    const from = output.requiredText('from', 'name an output of a step, or a path in `context`');
    if (name === undefined || from === undefined) return [];
    if (names.has(name)) output.fault('DuplicateOutput', ['name'], `the output "${name}" is there twice`);
    names.add(name);
    return [{ name, from, at: ['outputs', Number(output.path.at(-1) ?? index)] }];
  });
}

/** The step type as it is for one Workflow: with its parameters, and with what it gives. */
export function calledType(stepType: StepType, call: DraftCall): StepType {
  const { properties } = stepType.parameterSchema;
  const parameterSchema: JsonObject = {
    ...stepType.parameterSchema,
    properties: { ...(isObject(properties) ? properties : {}), parameters: parametersOf(call) },
  };
  let check: ReturnType<typeof compileCheck> | undefined;
  return {
    ...stepType,
    parameterSchema,
    resultSchema: {
      type: 'object',
      properties: {
        outputs: {
          type: 'object',
          properties: Object.fromEntries(call.outputs.map(({ name }) => [name, {}])),
          additionalProperties: false,
        },
      },
      additionalProperties: false,
    },
    async checkParameter(parameter) {
      check ??= compileCheck(parameterSchema, `the call of Workflow ${call.workflow}`);
      // Without the map each parameter that has to be given is missing, not the map.
      const checked = (await check)({ parameters: {}, ...parameter });
      return checked.ok ? [] : checked.faults;
    },
  };
}

function parametersOf({ parameterSchema }: DraftCall): JsonObject {
  return parameterSchema ?? { type: 'object', properties: {}, additionalProperties: false };
}
