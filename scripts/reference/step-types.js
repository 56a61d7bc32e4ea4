import { readFileSync } from 'node:fs';
import { parseAllDocuments, stringify } from 'yaml';
import { openCueEngine } from '../../src/cue/engine.ts';
import { opSpecs } from '../../src/ops/registry.ts';
import { readBuiltInSources } from '../../src/step-types/built-in-files.ts';
import { openCatalog } from '../../src/step-types/catalog.ts';
import { openCueCompiler } from '../../src/step-types/cue-compiler.ts';
import { code, fenced, page, table } from './markdown.js';
import { parameterTable, resultTable } from './schema-table.js';

/** docs/reference/step-types.md: every built-in step type from its own file. */
export async function stepTypesPage() {
  const cue = openCueEngine({ ops: opSpecs });
  try {
    const sources = await readBuiltInSources();
    const catalog = openCatalog({ sources, ops: opSpecs, cue: openCueCompiler(cue) });
    const examples = readExamples();
    const types = await Promise.all(catalog.names().map((name) => stepType(catalog, name)));
    const sections = types.map((type) => section(type, examples));
    return page('# Built-in step types', intro, await overview(catalog), ...sections);
  } finally {
    await cue.close();
  }
}

const intro = `The step types that come with Sluice are the YAML files of \`step-types/\`, loaded exactly as your own; a step type of
yours with the same name takes their place. \`sluice def show NAME\` prints what stands here, also for your own.

A step is checked against its type before anything runs: a parameter that is missing, unknown or of the wrong kind is
refused. An output path is what \`outputs[].valueFrom\` of a step reads; the \`$returns\` paths are there for files that were
written for KubeVela's current definitions.`;

async function overview(catalog) {
  const rows = await Promise.all(
    catalog
      .names()
      .map(async (name) => [`[${code(name)}](#${name})`, (await stepType(catalog, name)).description]),
  );
  return table(['Type', 'What it does'], rows);
}

async function stepType(catalog, name) {
  const compiled = await catalog.find(name);
  if (compiled?.ok !== true) throw new Error(`the built-in step type ${name} does not compile`);
  return compiled.stepType;
}

function section({ name, description, parameterSchema, resultSchema }, examples) {
  const example = examples.get(name);
  if (example === undefined)
    throw new Error(`scripts/reference/step-examples.yaml has no step of type ${name}`);
  return [
    `## ${name}`,
    description,
    '**Parameters**',
    parameterTable(parameterSchema),
    '**Outputs**',
    resultTable(resultSchema ?? {}),
    fenced('yaml', stringify([example], { lineWidth: 0 })),
  ];
}

/** The first step of each type. */
function readExamples() {
  const text = readFileSync(new URL('step-examples.yaml', import.meta.url), 'utf8');
  const documents = parseAllDocuments(text).map((document) => document.toJS());
  const { spec } = documents.find(({ kind }) => kind === 'WorkflowRun');
  const steps = spec.workflowSpec.steps.flatMap((step) => [step, ...(step.subSteps ?? [])]);
  return new Map(steps.toReversed().map((step) => [step.type, step]));
}
