import type { JsonObject } from '../json.ts';
import { stepDefinitionSchema } from './definition-schema.ts';
import { packageSchema } from './package-schema.ts';
import { workflowRunSchema, workflowSchema } from './kind-schemas.ts';

/** JSON Schemas for editors, by file name under `schemas/`. */
export function schemaFiles(): ReadonlyMap<string, JsonObject> {
  return new Map([
    ['workflowrun.schema.json', forEditors('WorkflowRun', workflowRunSchema)],
    ['workflow.schema.json', forEditors('Workflow', workflowSchema)],
    ['workflowstepdefinition.schema.json', forEditors('WorkflowStepDefinition', stepDefinitionSchema)],
    ['package.schema.json', forEditors('Package', packageSchema)],
  ]);
}

function forEditors(title: string, schema: JsonObject): JsonObject {
  return { $schema: 'http://json-schema.org/draft-07/schema#', title, ...schema };
}
