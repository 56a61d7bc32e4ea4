import { dirname, join } from 'node:path';
import type { Fault } from '../../api/fault.ts';
import { openCueEngine, type CueEngine } from '../../cue/engine.ts';
import { junitText, type JunitCase } from '../../gate/export/junit-text.ts';
import { checkOpParams, opSpecs } from '../../ops/registry.ts';
import type { InputFile } from '../../runner/backend.ts';
import { readInput } from '../../runner/input-documents.ts';
import { visiblePackages } from '../../runner/packages.ts';
import { runTestFile, type TestResult } from '../../runner/step-type-tests/run-test-file.ts';
import { readTestFile } from '../../runner/step-type-tests/test-file.ts';
import { withPackages } from '../../step-types/packages/imported-packages.ts';
import { compileStepType } from '../../step-types/compile-step-type.ts';
import type { StepType } from '../../step-types/step-type.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { readInputFile, readTestFiles } from '../input-files.ts';
import { printFaults } from '../print-faults.ts';
import { counted } from '../render/fault-text.ts';
import { objectText } from '../render/object-output.ts';
import { openReportFile, replaceReport } from '../reports/report-file.ts';

export interface DefTestFlags {
  readonly output: 'text' | 'json' | 'yaml';
  readonly junit?: string;
}

interface TestedFile {
  readonly file: InputFile;
  /** Of the test file, of its step type or of its Packages: nothing could be tested. */
  readonly faults: readonly Fault[];
  /** Files that the test file names. */
  readonly named: readonly InputFile[];
  readonly results: readonly TestResult[];
}

/**
 * Rehearses step types with recorded results: no cluster, no network, nothing stored. Exit code 1 when a test fails, 2 when a
 * file or a step type has errors.
 */
export async function defTest(
  names: readonly string[],
  flags: DefTestFlags,
  context: CommandContext,
): Promise<number> {
  const { io } = context;
  const report = flags.junit === undefined ? undefined : await openReportFile('--junit', flags.junit, io.cwd);
  const files = await readTestFiles(names, io);
  const cue = openCueEngine({ ops: opSpecs });
  const tested: TestedFile[] = [];
  try {
    for (const file of files) tested.push(await testFile(file, cue, context));
  } finally {
    await cue.close();
  }
  if (report !== undefined) await replaceReport(report, junit(tested));
  if (flags.output === 'text') printText(tested, context);
  else io.stdout.write(await objectText(tested.flatMap(resultObjects), flags.output));
  if (tested.some(({ faults }) => faults.length > 0)) {
    if (flags.output !== 'text')
      for (const each of tested) printFaults(context, each.faults, filesOf(each), 'stderr');
    return exitCodes.refused;
  }
  const isGood = tested.every(({ results }) => results.every(isPassed));
  return isGood ? exitCodes.succeeded : exitCodes.failed;
}

async function testFile(file: InputFile, cue: CueEngine, { io }: CommandContext): Promise<TestedFile> {
  const { faults, tests } = await readTestFile(file);
  if (tests === undefined) return { file, faults, named: [], results: [] };
  const read = (name: string): Promise<InputFile> => readInputFile(join(dirname(file.name), name), io);
  const stepTypeFile = await read(tests.stepType);
  const packageFiles = await Promise.all(tests.packages.map(read));
  const named = [stepTypeFile, ...packageFiles];
  const compiled = await compile(stepTypeFile, packageFiles, cue);
  if (compiled.stepType === undefined) return { file, faults: compiled.faults, named, results: [] };
  const ports = { ops: opSpecs, checkParams: checkOpParams };
  return { file, faults: [], named, results: await runTestFile(tests, compiled.stepType, ports) };
}

async function compile(
  file: InputFile,
  packageFiles: readonly InputFile[],
  cue: CueEngine,
): Promise<{ readonly stepType?: StepType; readonly faults: readonly Fault[] }> {
  const input = readInput([file], 'file');
  const others = packageFiles.map((each) => ({ each, read: readInput([each], 'file') }));
  const wrong = others.flatMap(({ each, read }) => [
    ...read.faults,
    ...(read.packages.length === 0 ? [badTest(each, 'the file must hold the Packages to be imported')] : []),
  ]);
  const [source, second] = input.definitions;
  if (source === undefined || second !== undefined)
    wrong.push(...input.faults, badTest(file, 'the file must hold exactly one step type to be tested'));
  if (source === undefined || wrong.some(({ severity }) => severity === 'error')) return { faults: wrong };
  const documents = [...input.packages, ...others.flatMap(({ read }) => read.packages)];
  const packages = visiblePackages(documents.map((each) => each.source));
  const compiled = await compileStepType(withPackages(source, packages), { ops: opSpecs, cue });
  if (compiled.ok) return { stepType: compiled.stepType, faults: [] };
  const errors = compiled.faults.filter(({ severity }) => severity === 'error');
  return { faults: errors.map((fault) => ({ ...fault, file: file.name })) };
}

function badTest({ name }: InputFile, message: string): Fault {
  return { file: name, line: 1, column: 1, path: '', code: 'BadTest', severity: 'error', message };
}

function isPassed(result: TestResult): boolean {
  return result.differences.length === 0;
}

function filesOf({ file, named }: TestedFile): readonly InputFile[] {
  return [file, ...named];
}

function printText(tested: readonly TestedFile[], context: CommandContext): void {
  const { io, out } = context;
  const [pass, fail] = out.hasUnicode ? ['✓', '✗'] : ['ok', 'FAILED'];
  for (const each of tested) {
    printFaults(context, each.faults, filesOf(each), 'stdout');
    for (const result of each.results) {
      const mark = isPassed(result) ? out.green(pass) : out.red(fail);
      io.stdout.write(`${mark} ${each.file.name}  ${result.name}\n`);
      printFaults(context, result.differences, [each.file], 'stdout');
    }
  }
  const results = tested.flatMap((each) => each.results);
  const failed = results.filter((result) => !isPassed(result)).length;
  const all = counted(results.length, 'test') || 'no tests';
  const broken = counted(tested.filter(({ faults }) => faults.length > 0).length, 'file');
  const parts = [failed === 0 ? `ok: ${all}` : `${failed} of ${all} failed`];
  io.stdout.write(`${broken === '' ? parts.join('') : `${broken} could not be tested`}\n`);
}

function resultObjects({ file, results }: TestedFile): readonly object[] {
  return results.map(({ name, line, differences }) => ({
    file: file.name,
    line,
    name,
    passed: differences.length === 0,
    differences,
  }));
}

function junit(tested: readonly TestedFile[]): string {
  return junitText(
    tested.map(({ file, faults, results }) => {
      const broken = faults.map((fault): JunitCase => {
        const message = `${fault.file}:${fault.line}:${fault.column}: ${fault.message}`;
        return { suite: file.name, name: fault.code, end: { kind: 'error', message } };
      });
      return {
        name: file.name,
        cases: [...broken, ...results.map((result) => junitCase(file.name, result))],
      };
    }),
  );
}

function junitCase(suite: string, { name, differences }: TestResult): JunitCase {
  if (differences.length === 0) return { suite, name };
  const message = differences
    .map((fault) => `${fault.line}:${fault.column} ${fault.path}: ${fault.message}`)
    .join('; ');
  return { suite, name, end: { kind: 'failure', type: 'Difference', message } };
}
