import type { Fault } from '../../api/fault.ts';
import type { Json, JsonObject } from '../../api/json.ts';
import { compileCheck, type ValueCheck } from '../../step-types/schema/parameter-check.ts';
import { readDocuments } from '../../yaml/read-documents.ts';
import type { SourceDocument } from '../../yaml/source-document.ts';
import type { InputFile } from '../backend.ts';

/** A file of tests beside a step type. */
export interface TestFile {
  readonly document: SourceDocument;
  /** File of the step type, from the folder of the tests. */
  readonly stepType: string;
  /** Files of Packages that the step type imports and that do not stand in its own file, from the folder of the tests. */
  readonly packages: readonly string[];
  readonly tests: readonly StepTypeTest[];
}

/** What a step is given, and what it is to come to; parts that are left out are not looked at. */
export interface StepTypeTest {
  readonly name: string;
  readonly parameters: JsonObject;
  /** Added to the context that every test has. */
  readonly context: JsonObject;
  readonly results: readonly GivenResult[];
  /** Every op that the template asks for, in order, `wait` and `fail` left out. */
  readonly requests: readonly ExpectedRequest[] | undefined;
  /** Values by the `valueFrom` that reads them. */
  readonly outputs: JsonObject;
  readonly end: TestEnd;
  /** Regular expression that the message of the step matches. */
  readonly message: string | undefined;
}

export type TestEnd = 'succeeded' | 'failed' | 'waiting';

/** What an op answered: that at `path`, or else the next one that has no result of its own. */
export interface GivenResult {
  readonly path?: string;
  readonly result?: Json;
  /** The op fails with this message. */
  readonly fails?: string;
}

export interface ExpectedRequest {
  readonly op: string;
  readonly path?: string;
  /** Fields that the parameters have, among others. */
  readonly params?: JsonObject;
  /** All of the parameters. */
  readonly exactly?: JsonObject;
}

const text: JsonObject = { type: 'string' };
const nonEmpty: JsonObject = { type: 'string', minLength: 1 };
const anyObject: JsonObject = { type: 'object' };

function closed(required: readonly string[], properties: JsonObject): JsonObject {
  return { type: 'object', required, properties, additionalProperties: false };
}

const testFileSchema = closed(['stepType', 'tests'], {
  stepType: nonEmpty,
  packages: { type: 'array', items: nonEmpty },
  tests: {
    type: 'array',
    minItems: 1,
    items: closed(['name'], {
      name: nonEmpty,
      parameters: anyObject,
      context: anyObject,
      results: { type: 'array', items: closed([], { path: nonEmpty, result: {}, fails: nonEmpty }) },
      requests: {
        type: 'array',
        items: closed(['op'], { op: nonEmpty, path: nonEmpty, params: anyObject, exactly: anyObject }),
      },
      outputs: anyObject,
      end: { enum: ['succeeded', 'failed', 'waiting'] },
      message: text,
    }),
  },
});

let compiled: Promise<ValueCheck> | undefined;

/** Reads a file of tests; all its faults at once. */
export async function readTestFile(
  file: InputFile,
): Promise<{ readonly faults: readonly Fault[]; readonly tests: TestFile | undefined }> {
  const { documents, faults } = readDocuments(file.bytes, file.name);
  const errors = faults.filter(({ severity }) => severity === 'error');
  const [document, second] = documents;
  if (errors.length > 0 || document === undefined || second !== undefined) {
    const message = 'a test file holds one document with stepType and tests';
    const empty: Fault = { file: file.name, line: 1, column: 1, path: '', ...badTest, message };
    return { faults: errors.length > 0 ? errors : [empty], tests: undefined };
  }
  compiled ??= compileCheck(testFileSchema, 'the test file');
  const checked = (await compiled)(document.value);
  const found = checked.ok ? ownFaults(document) : schemaFaults(document, checked.faults);
  return found.length > 0 ? { faults: found, tests: undefined } : { faults: [], tests: testsOf(document) };
}

const badTest = { code: 'BadTest', severity: 'error' } as const;

type SchemaFaults = Extract<ReturnType<ValueCheck>, { ok: false }>['faults'];

function schemaFaults(document: SourceDocument, faults: SchemaFaults): readonly Fault[] {
  return faults.map(({ path, message, suggestion }) => ({
    ...document.locate(path),
    ...badTest,
    message: message.replace(/^the parameters?\b/, 'the test file: field'),
    ...(suggestion === undefined ? {} : { suggestion }),
  }));
}

/** As the schema has it: all parts but the name may be left out. */
interface WrittenFile {
  readonly stepType: string;
  readonly packages?: readonly string[];
  readonly tests: readonly (Pick<StepTypeTest, 'name'> & Partial<StepTypeTest>)[];
}

/** What no schema says. */
function ownFaults(document: SourceDocument): readonly Fault[] {
  const { tests } = document.value as unknown as WrittenFile;
  const fault = (path: readonly (string | number)[], message: string): Fault => ({
    ...document.locate(path),
    ...badTest,
    message,
  });
  return tests.flatMap(({ name, message, results = [] }, index) => [
    ...(tests.findIndex((other) => other.name === name) < index
      ? [fault(['tests', index, 'name'], `there is another test "${name}"`)]
      : []),
    ...(message === undefined || isPattern(message)
      ? []
      : [fault(['tests', index, 'message'], 'the message is no regular expression')]),
    ...results.flatMap(({ result, fails }, at) =>
      (result === undefined) === (fails === undefined)
        ? [fault(['tests', index, 'results', at], 'a result needs one of `result` and `fails`')]
        : [],
    ),
  ]);
}

function isPattern(source: string): boolean {
  try {
    return new RegExp(source, 'u').source !== undefined;
  } catch {
    return false;
  }
}

function testsOf(document: SourceDocument): TestFile {
  const { stepType, packages = [], tests } = document.value as unknown as WrittenFile;
  return {
    document,
    stepType,
    packages,
    tests: tests.map((test) => ({
      name: test.name,
      parameters: test.parameters ?? {},
      context: test.context ?? {},
      results: test.results ?? [],
      requests: test.requests,
      outputs: test.outputs ?? {},
      end: test.end ?? 'succeeded',
      message: test.message,
    })),
  };
}
