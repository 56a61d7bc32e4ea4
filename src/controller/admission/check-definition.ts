import type { Fault } from '../../api/fault.ts';
import { isObject, stringifyJson, type JsonObject } from '../../api/json.ts';
import type { CuePackage } from '../../cue/user-package.ts';
import { compileStepType, type CompileParts } from '../../step-types/compile-step-type.ts';
import { leftOut } from '../../step-types/for-applications.ts';
import { withPackages } from '../../step-types/packages/imported-packages.ts';
import type { StepTypeFault } from '../../step-types/step-type.ts';

/**
 * The faults of a WorkflowStepDefinition as the API has it, which may import these Packages. Those of a CUE template say the line in
 * the template.
 */
export async function checkDefinition(
  object: JsonObject,
  packages: readonly CuePackage[],
  parts: CompileParts,
): Promise<readonly Fault[]> {
  if (isTerraform(object)) {
    const message = 'Sluice has no Terraform: a run with this step type is refused';
    return [fault({ code: 'BadDefinition', severity: 'warning', path: 'spec.schematic.terraform', message })];
  }
  const name = nameOf(object);
  const text = stringifyJson(object);
  const file = `WorkflowStepDefinition ${name}`;
  const source = withPackages({ name, format: 'yaml', origin: 'cluster', file, text }, packages);
  const knownPackages = packages.map(({ path }) => path);
  const compiled = await compileStepType(source, { ...parts, knownPackages });
  const { metadata } = object;
  const instead = compiled.ok
    ? undefined
    : leftOut(name, isObject(metadata) ? metadata['labels'] : undefined, compiled.faults);
  const found = compiled.ok ? compiled.warnings : compiled.faults;
  return (instead === undefined ? found : [instead]).map((each) =>
    fault({ ...each, path: `${each.path}${lineInTemplate(text, each)}` }),
  );
}

type Told = Pick<StepTypeFault, 'code' | 'severity' | 'path' | 'message' | 'suggestion'>;

function fault({ code, severity, path, message, suggestion }: Told): Fault {
  const told = suggestion === undefined ? {} : { suggestion };
  return { file: 'WorkflowStepDefinition', line: 1, column: 1, path, code, severity, message, ...told };
}

const templateKey = '"template":"';

/** `:3:14` for a place inside the template, which stands on one line in JSON. */
function lineInTemplate(text: string, { line, column, path }: StepTypeFault): string {
  if (path !== 'spec.schematic.cue.template' || line !== 1) return '';
  const begin = text.lastIndexOf(templateKey, column - 1);
  if (begin < 0) return '';
  try {
    const before = JSON.parse(`"${text.slice(begin + templateKey.length, column - 1)}"`) as string;
    const lines = before.split('\n');
    return `:${lines.length}:${(lines.at(-1) ?? '').length + 1}`;
  } catch {
    // No place between two characters of the template, such as its opening quote.
    return '';
  }
}

/** KubeVela's schema allows it beside CUE; nothing of ours reads it. */
function isTerraform({ spec }: JsonObject): boolean {
  const schematic = isObject(spec) ? spec['schematic'] : undefined;
  return (
    isObject(schematic) &&
    schematic['terraform'] !== undefined &&
    schematic['cue'] === undefined &&
    schematic['sluice'] === undefined
  );
}

function nameOf({ metadata }: JsonObject): string {
  const name = isObject(metadata) ? metadata['name'] : undefined;
  return typeof name === 'string' ? name : '';
}
