import { messageOf } from '../api/errors.ts';
import type { DraftStep } from './draft-step.ts';

/** Reports `schema`s of outputs that are no JSON Schema. ajv is loaded on first use: most runs declare none. */
export async function checkOutputSchemas(step: DraftStep): Promise<void> {
  for (const { schema, index } of step.outputs) {
    if (schema === undefined) continue;
    const { Ajv } = await import('ajv');
    try {
      new Ajv({ strict: false, validateFormats: false }).compile(schema);
    } catch (thrown) {
      const message = `the schema of an output is no JSON Schema (draft 7): ${messageOf(thrown)}`;
      step.reader.fault('BadOutputSchema', ['outputs', index, 'schema'], message);
    }
  }
}
