import { messageOf } from '../api/errors.ts';
import { stringifyJson } from '../api/json.ts';
import type { DraftStep } from './draft-step.ts';

/** Reports `schema`s of outputs that are no JSON Schema. */
export class OutputSchemaCheck {
  /** What is wrong with each distinct schema. */
  readonly #problems = new Map<string, string | undefined>();
  #compile: Promise<(schema: object) => unknown> | undefined;

  async check(step: DraftStep): Promise<void> {
    for (const { schema, index } of step.outputs) {
      if (schema === undefined) continue;
      const problem = await this.#problemOf(schema);
      if (problem !== undefined)
        step.reader.fault(
          'BadOutputSchema',
          ['outputs', index, 'schema'],
          `the schema of an output is no JSON Schema (draft 7): ${problem}`,
        );
    }
  }

  async #problemOf(schema: object): Promise<string | undefined> {
    const text = stringifyJson(schema);
    if (this.#problems.has(text)) return this.#problems.get(text);
    this.#compile ??= loadCompiler();
    const compile = await this.#compile;
    try {
      compile(schema);
      this.#problems.set(text, undefined);
    } catch (thrown) {
      this.#problems.set(text, messageOf(thrown));
    }
    return this.#problems.get(text);
  }
}

/** ajv is loaded on first use: most runs declare no schema. */
async function loadCompiler(): Promise<(schema: object) => unknown> {
  const { Ajv } = await import('ajv');
  const ajv = new Ajv({ strict: false, validateFormats: false, addUsedSchema: false, logger: false });
  return (schema) => ajv.compile(schema);
}
