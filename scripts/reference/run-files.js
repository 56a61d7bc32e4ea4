import { schemaFiles } from '../../src/api/schema/schema-files.ts';
import { requireAnnotation } from '../../src/api/workflow.ts';
import { page } from './markdown.js';
import { parameterTable } from './schema-table.js';

/** docs/reference/workflowrun.md: the kinds that a file may hold, from their schemas. */
export function runFilesPage() {
  const schemas = new Map(schemaFiles());
  return page(
    '# WorkflowRun and the other kinds of a file',
    intro,
    ...section(schemas.get('workflowrun.schema.json'), 'workflowrun.schema.json'),
    ...stepSection(schemas.get('workflowrun.schema.json')),
    ...['workflow', 'workflowstepdefinition', 'package'].map((kind) =>
      section(schemas.get(`${kind}.schema.json`), `${kind}.schema.json`),
    ),
    '## Secret and ConfigMap',
    'A `v1` Secret or ConfigMap in a file is put into the default in-memory cluster before the runs of the file start.',
  );
}

const intro = `A file may hold several YAML documents. Fields are KubeVela's unless they are called an extension. The schemas in
\`schemas/\` say the same to an editor: give a file a first line with the path to one, such as
\`# yaml-language-server: $schema=../schemas/workflowrun.schema.json\` in \`examples/\`.

The annotation \`${requireAnnotation}\` lists steps, comma-separated, that must have succeeded; otherwise the condition
\`Passed\` is false and the exit code is 3.`;

/** Steps have a section of their own; in the tables of the kinds they are one line. */
function section(schema, file) {
  if (schema === undefined) throw new Error(`there is no schema ${file}`);
  return [
    `## ${schema.title}`,
    schema.description,
    `Schema: [schemas/${file}](../../schemas/${file})`,
    parameterTable(without(schema, ['steps', 'onFailure', 'finally'])),
  ];
}

function stepSection({ properties }) {
  const step = properties.spec.properties.workflowSpec.properties.steps.items;
  return [
    '## Step',
    'The fields of one of `steps`, `onFailure` and `finally`. A sub-step has the same, but for `mode` and `subSteps`.',
    parameterTable(without(step, ['subSteps'])),
  ];
}

/** The schema with the lists of those names left without the fields of their items. */
function without(schema, names) {
  const properties = Object.entries(schema.properties ?? {}).map(([key, property]) => [
    key,
    names.includes(key) ? { ...property, items: { type: 'object' } } : without(property, names),
  ]);
  return schema.properties === undefined ? schema : { ...schema, properties: Object.fromEntries(properties) };
}
