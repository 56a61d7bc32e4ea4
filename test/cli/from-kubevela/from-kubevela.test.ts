import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Fault } from '../../../src/api/fault.ts';
import { differenceCodes } from '../../../src/cli/from-kubevela/difference-codes.ts';
import { realCli, type RealEnd } from '../real-cli.ts';

const fixtures = join(import.meta.dirname, 'fixtures');
let stateDir: string;
let faults: readonly Fault[];
let end: RealEnd;

const vet = (...args: readonly string[]): Promise<RealEnd> =>
  realCli(['vet', '--from-kubevela', ...args], { stateDir });

beforeAll(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'sluice-migrate-'));
  end = await vet(fixtures, '-o', 'json');
  faults = JSON.parse(end.stdout) as readonly Fault[];
});
afterAll(() => rmSync(stateDir, { recursive: true, force: true }));

/** `line CODE severity` of what was found in a file. */
function foundIn(file: string): readonly string[] {
  return faults
    .filter((fault) => fault.file === join(fixtures, file))
    .map(({ line, code, severity }) => `${line} ${code} ${severity}`);
}

describe('vet --from-kubevela', () => {
  test('finds in a run what KubeVela passed over, and what it did otherwise', () => {
    expect(foundIn('release.yaml')).toEqual([
      '7 IgnoredAnnotation warning',
      '10 IgnoredMode error',
      '14 StatusRefused warning',
      '14 FewerRetries warning',
      '15 SkippedByTimeout error',
      '19 NullOutput warning',
      '24 ConditionMayFail warning',
      '28 OtherNamespace warning',
      '31 SkippedCondition error',
      '33 WaitsForEver error',
      '33 IndexedInput warning',
      '37 WaitsForEver error',
      '39 ApplicationOnly error',
      '41 NoSuchStepType error',
      '42 NeverRan error',
      '43 StatusRefused warning',
      '43 FewerRetries warning',
      '44 LateParameter error',
      '44 UnknownParameter error',
    ]);
  });

  test('finds it in a Workflow that no run names', () => {
    expect(foundIn('nightly.yaml')).toEqual([
      '5 SideBySide warning',
      '7 ConflictingOutput error',
      '8 SkippedWithProducer warning',
      '9 HeldAlone warning',
      '10 HeldAlone warning',
      '10 WaitsForCondition warning',
      '11 FilledKey warning',
      '12 FewerRetries warning',
      '12 StrictScore warning',
      '13 NothingToRun warning',
      '16 NotAWorkflow warning',
    ]);
  });

  test('says which Workflow it did not look into, and where the name of the other is wrong', () => {
    expect(foundIn('again.yaml')).toEqual(['3 SameName warning', '8 BadName error']);
    expect(foundIn('twice.yaml')).toEqual(['8 DefinedTwice error']);
  });

  test('finds it in definitions', () => {
    expect(foundIn('greet.yaml')).toEqual(['19 ReplacedBuiltIn warning', '41 RefusedDefinition error']);
    expect(foundIn('ping.cue')).toEqual(['8 OldHttp warning']);
  });

  test('finds it in Packages', () => {
    expect(foundIn('package.yaml')).toEqual(['9 CheckedCertificate warning', '14 RefusedDefinition error']);
  });

  test('says what happens there, what happens here, and what to do', () => {
    const fault = faults.find(({ code }) => code === 'SkippedCondition');
    expect(fault?.message).toMatch(
      /^there is no step "deplyo".*did you mean deploy\?.*With KubeVela: .*Here: /,
    );
    expect(fault?.suggestion).toBe(differenceCodes.SkippedCondition.advice);
  });

  test('the fixtures show every code', () => {
    const found = new Set(faults.map(({ code }) => code));
    expect(Object.keys(differenceCodes).filter((code) => !found.has(code))).toEqual([]);
  });

  test('ends with 2 where something is refused', () => {
    expect(end.code).toBe(2);
  });

  test('counts, and ends with 0 where everything is only otherwise', async () => {
    const { code, stdout } = await vet(join(fixtures, 'ping.cue'));
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nin 1 file:\n {4}1 {2}OldHttp\n1 warning\n$/);
  });

  test('takes warnings for errors with --strict', async () => {
    const { code, stdout } = await vet(join(fixtures, 'ping.cue'), '--strict');
    expect(code).toBe(2);
    expect(stdout).toMatch(/\n1 error\n$/);
  });

  test('knows the step types of --defs', async () => {
    const { stdout } = await vet(join(fixtures, 'nightly.yaml'), '--defs', fixtures, '-o', 'json');
    expect((JSON.parse(stdout) as readonly Fault[]).map(({ code }) => code)).not.toContain('NoSuchStepType');
  });

  test('is SARIF for code scanning', async () => {
    const { code, stdout } = await vet(fixtures, '-o', 'sarif');
    const [run] = (JSON.parse(stdout) as { runs: readonly { results: readonly { ruleId: string }[] }[] })
      .runs;
    expect(code).toBe(2);
    expect(run?.results.map(({ ruleId }) => ruleId)).toContain('SkippedCondition');
  });
});
