import { readFileSync } from 'node:fs';
import { differenceCodes } from '../../src/cli/from-kubevela/difference-codes.ts';
import { planFaultCodes } from '../../src/plan/plan-fault-codes.ts';
import { yamlFaultCodes } from '../../src/yaml/yaml-fault-codes.ts';
import { code, fenced, page, table } from './markdown.js';

/** docs/reference/faults.md: what `vet` and `def vet` report. */
export function faultsPage() {
  return page(
    '# Faults',
    intro,
    fenced('json', JSON.stringify(example, null, 2)),
    '## Of a run',
    codeTable(planFaultCodes),
    '## Of a YAML file',
    codeTable(yamlFaultCodes),
    '## Of a step type',
    codeTable(stepTypeCodes()),
    '## Of a set of files',
    codeTable(fileCodes),
    '## Of files that were written for KubeVela',
    fromKubeVela,
    table(
      ['Code', 'With KubeVela', 'Here', 'What to do'],
      Object.entries(differenceCodes).map(([name, { there, here, advice }]) => [
        code(name),
        there,
        here,
        advice,
      ]),
    ),
  );
}

const intro = `\`sluice vet\` and \`sluice def vet\` find every fault at once, before anything runs. Each has a place (file, line and column
from 1, path of the field), a stable code, a severity and, where something near exists, a suggestion. An **error** could
never be right, and nothing runs (exit code 2); a **warning** is something KubeVela accepts and Sluice can run, and
\`--strict\` makes it an error. With \`-o json\` standard output is a list of`;

const fromKubeVela = `\`sluice vet --from-kubevela\` says what behaves otherwise than with KubeVela's controller: an error is refused here, a warning
runs and means something else. What it finds beside keeps its code from the tables above. How to go about it is in
[a guide](../guides/from-kubevela.md).`;

const example = {
  file: 'release.yaml',
  line: 12,
  column: 15,
  path: 'spec.workflowSpec.steps[1].if',
  code: 'UnknownStep',
  severity: 'error',
  message: 'there is no step "aply"',
  suggestion: 'apply',
};

const fileCodes = {
  DuplicateDefinition:
    'Two step types, two Packages, or two Workflows of a namespace, have the same name in the files.',
  BadPackage: 'A Package cannot be used: its fields, its CUE, or another one with its path.',
  BadTest: 'A file of `sluice def test` is no file of tests, or its step type cannot be tested.',
  Difference: 'A step type did not do what its test says.',
  UnsupportedKind:
    'A document is neither a run, a Workflow, a gate, a step type, a Package, a Secret nor a ConfigMap.',
  NoSuchStep: 'A run has no step of the name that `sluice gate --step` gives.',
  OtherNamespace: 'A run names another namespace than `--namespace` says.',
};

const stepTypeMeanings = {
  BadDefinition:
    'The text is no WorkflowStepDefinition, or a part of it is missing, twice there, or of the wrong kind.',
  UnknownField: 'A field is not part of a step type, or not a parameter of the op.',
  UnknownOp: 'There is no op of that name.',
  BadExpression: 'An expression does not parse, or uses what step types may not.',
  UnknownPath: 'An expression reads a path that can never have a value.',
  WrongType: 'A value is of a kind that its place does not take.',
  BadSchema: 'The schema of the parameters or of an output is not usable.',
  MissingDescription: 'A parameter, an output or the step type itself is not described.',
  TooLarge: 'The text, or a part of it, is larger than its limit.',
  UnmaskedModelCall:
    'A warning: the step type writes a request to a model itself, and nothing masks addresses, names and secrets that the run does not know.',
  UnknownPackage: 'An import of a package that is not there, or cannot be used.',
  ApplicationOnly:
    'A warning: the step type cannot be used here, and its label custom.definition.oam.dev/scope says that it is for Applications. `def apply` leaves it out.',
  BadCue: 'What the CUE engine found: in its own words, with the place in the file.',
};

/** The type is the list; here is what each means. They must name the same codes. */
function stepTypeCodes() {
  const source = new URL('../../src/step-types/step-type-fault-codes.ts', import.meta.url);
  const declared = [...readFileSync(source, 'utf8').matchAll(/\| '(\w+)'/g)].map(([, name]) => name);
  const missing = declared.filter((name) => !Object.hasOwn(stepTypeMeanings, name));
  const extra = Object.keys(stepTypeMeanings).filter((name) => !declared.includes(name));
  if (missing.length + extra.length > 0)
    throw new Error(
      `scripts/reference/faults.js: not described: ${missing.join(', ')}; not there any more: ${extra.join(', ')}`,
    );
  return stepTypeMeanings;
}

function codeTable(codes) {
  return table(
    ['Code', 'Meaning'],
    Object.entries(codes).map(([name, meaning]) => [code(name), meaning]),
  );
}
