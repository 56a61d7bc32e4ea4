import type { Fault } from '../../api/fault.ts';
import { definitionApiVersion, packageApiVersion } from '../../api/workflow.ts';
import { readPackage } from '../../step-types/packages/read-package.ts';
import type { SourceDocument } from '../../yaml/source-document.ts';
import { difference } from './difference.ts';
import { lookAtStep } from './look-at-step.ts';
import { objectOf, objectsOf, readWorkflowSteps, textOf, textsOf } from './read-workflow-steps.ts';

/** Warnings about a run, a Workflow, a definition or a Package that no plan would give: it is right, and means something else. */
export function lookAtDocument(document: SourceDocument): readonly Fault[] {
  const root = objectOf(document.value);
  if (root['apiVersion'] === definitionApiVersion && root['kind'] === 'WorkflowStepDefinition')
    return lookAtDefinition(document);
  if (root['apiVersion'] === packageApiVersion && root['kind'] === 'Package') return lookAtPackage(document);
  const steps = readWorkflowSteps(document);
  const outputs = new Set(
    steps.flatMap(({ value }) => objectsOf(value['outputs'])).map(({ name }) => textOf(name)),
  );
  return [
    ...lookAtAnnotations(document),
    ...lookAtOrder(document, steps),
    ...steps.flatMap((step) => lookAtStep(step, outputs)),
  ];
}

/** Warnings about the CUE of a definition; `placeOf` tells where a line of it stands. */
export function lookAtTemplate(
  name: string,
  template: string,
  placeOf: (line: number, column: number) => Parameters<typeof difference>[1],
): readonly Fault[] {
  const faults: Fault[] = [];
  const lines = template.split('\n');
  for (const [index, line] of lines.entries()) {
    const column = line.search(/\bop\.#HTTP(?:Do|Get|Post|Put|Delete)\b/);
    if (column >= 0)
      faults.push(
        difference(
          'OldHttp',
          placeOf(index + 1, column + 1),
          'warning',
          `${name} sends a request with vela/op`,
        ),
      );
  }
  return faults;
}

/** Names that KubeVela has compiled in. */
const compiledIn: readonly string[] = ['suspend', 'builtin-apply-component'];

function lookAtDefinition(document: SourceDocument): readonly Fault[] {
  const root = objectOf(document.value);
  const name = textOf(objectOf(root['metadata'])['name']);
  const path = ['spec', 'schematic', 'cue', 'template'];
  const cue = objectOf(objectOf(objectOf(root['spec'])['schematic'])['cue']);
  return [
    ...(compiledIn.includes(name)
      ? [
          difference(
            'ReplacedBuiltIn',
            document.locate(['metadata', 'name']),
            'warning',
            `it defines ${name}`,
          ),
        ]
      : []),
    ...lookAtTemplate(name, textOf(cue['template']), (line, column) =>
      document.locateInScalar(path, line, column),
    ),
  ];
}

function lookAtPackage(document: SourceDocument): readonly Fault[] {
  const { provider, name } = readPackage(document).package;
  if (provider?.endpoint.startsWith('https:') !== true || provider.insecureSkipVerify) return [];
  const place = document.locate(['spec', 'provider', 'endpoint']);
  return [difference('CheckedCertificate', place, 'warning', `the Package ${name} is called over TLS`)];
}

const versionAnnotation = 'workflowrun.oam.dev/controller-version-require';

function lookAtAnnotations(document: SourceDocument): readonly Fault[] {
  const annotations = objectOf(objectOf(objectOf(document.value)['metadata'])['annotations']);
  if (annotations[versionAnnotation] === undefined) return [];
  const place = document.locate(['metadata', 'annotations', versionAnnotation], 'key');
  return [difference('IgnoredAnnotation', place, 'warning', `it has the annotation ${versionAnnotation}`)];
}

/** Once for each list of steps that may run side by side. */
function lookAtOrder(
  document: SourceDocument,
  steps: ReturnType<typeof readWorkflowSteps>,
): readonly Fault[] {
  const free = steps.filter(
    ({ mode, value, siblings }) =>
      mode === 'DAG' &&
      siblings.length > 1 &&
      textsOf(value['dependsOn']).length === 0 &&
      value['inputs'] === undefined,
  );
  const lists = new Map(free.map((step) => [step.path.slice(0, -1).join('.'), step.path.slice(0, -1)]));
  return [...lists].flatMap(([key, path]) => {
    const names = free.filter((step) => step.path.slice(0, -1).join('.') === key).map(({ name }) => name);
    if (names.length < 2) return [];
    return [
      difference(
        'SideBySide',
        document.locate(path, 'key'),
        'warning',
        `${names.join(', ')} wait for nothing`,
      ),
    ];
  });
}
