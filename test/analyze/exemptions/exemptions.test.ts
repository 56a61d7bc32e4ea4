import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { auditObject } from '../../../src/analyze/audit.ts';
import { applyExemptions } from '../../../src/analyze/exemptions/apply-exemptions.ts';
import type { Exemption } from '../../../src/analyze/exemptions/exemption.ts';
import { readExemptions } from '../../../src/analyze/exemptions/read-exemptions.ts';
import type { Finding } from '../../../src/analyze/finding.ts';
import { soundDeployment } from '../kube-fixtures.ts';

const nowMs = Date.parse('2026-03-01T12:00:00Z');

async function read(text: string, knownRules?: readonly string[]): Promise<readonly Exemption[]> {
  const result = await readExemptions(
    { name: 'accepted.yaml', bytes: text },
    { nowMs, ...(knownRules === undefined ? {} : { knownRules }) },
  );
  if (!result.ok) throw new Error(result.faults.map(({ message }) => message).join('; '));
  return result.exemptions;
}

const entry = (fields: string): string =>
  `exemptions:\n  - rule: HostNetwork\n    reason: needs the node's network\n${fields}`;

const finding = (
  object: Partial<Finding['object']> = {},
  id = 'HostNetwork',
  container?: string,
): Finding => ({
  id,
  severity: 'high',
  category: 'isolation',
  object: {
    cluster: '',
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    namespace: 'mon',
    name: 'exporter',
    ...object,
  },
  ...(container === undefined ? {} : { container }),
  text: 'It is wrong.',
  fix: 'Change it.',
  evidence: [],
});

describe('what an exemption covers', () => {
  test.each<[string, string, Finding, boolean]>([
    ['the rule everywhere', '', finding(), true],
    ['no other rule', '', finding({}, 'HostPid'), false],
    ['a kind', '    kind: DaemonSet\n', finding(), true],
    ['no other kind', '    kind: Deployment\n', finding(), false],
    ['a namespace', '    namespace: mon\n', finding(), true],
    ['no namespace that begins so', '    namespace: mo\n', finding(), false],
    ['namespaces of a pattern', '    namespace: m*\n', finding(), true],
    [
      'nothing without a namespace',
      "    namespace: '*'\n",
      { ...finding(), object: { cluster: '', apiVersion: 'v1', kind: 'Node', name: 'x' } },
      false,
    ],
    ['a name', '    name: exporter\n', finding(), true],
    ['names of a pattern', "    name: '*port*r'\n", finding(), true],
    ['not where parts overlap', "    name: 'exporter*r'\n", finding(), false],
    ['a container', '    container: main\n', finding({}, 'HostNetwork', 'main'), true],
    ['not the whole Pod', '    container: main\n', finding(), false],
    ['all that is said', '    kind: DaemonSet\n    namespace: mon\n    name: other\n', finding(), false],
  ])('%s', async (_name, fields, given, isExempt) => {
    const exemptions = await read(entry(`${fields}    expires: 2026-04-01\n`));
    const result = applyExemptions([given], exemptions, nowMs);
    expect(result.exempted.map((each) => each.finding)).toEqual(isExempt ? [given] : []);
    expect(result.kept).toEqual(isExempt ? [] : [given]);
    expect(result.unused).toEqual(isExempt ? [] : exemptions);
    expect(result.expired).toEqual([]);
  });
});

describe('an end', () => {
  test.each([
    ['the day it names still counts', '2026-03-01', true],
    ['yesterday', '2026-02-28', false],
    ['a time', '2026-03-01T12:00:01Z', true],
    ['that very moment', '2026-03-01T12:00:00Z', false],
    ['a time of another zone', '2026-03-01T12:30:00+01:00', false],
  ])('%s', async (_name, expires, isInForce) => {
    const exemptions = await read(entry(`    expires: ${expires}\n`));
    const { kept, expired, unused } = applyExemptions([finding()], exemptions, nowMs);
    expect(kept).toHaveLength(isInForce ? 0 : 1);
    expect(expired).toEqual(isInForce ? [] : [{ exemption: exemptions[0], findings: 1 }]);
    expect(unused).toEqual([]);
  });

  test('a later exemption takes over from one that is over', async () => {
    const two = `${entry('    expires: 2026-01-31\n')}  - {rule: HostNetwork, reason: renewed, owner: sre, expires: 2026-06-30}\n`;
    const result = applyExemptions([finding()], await read(two), nowMs);
    expect(result.exempted[0]?.exemption).toMatchObject({
      reason: 'renewed',
      owner: 'sre',
      place: 'accepted.yaml:5:5',
    });
    expect(result.expired).toHaveLength(1);
  });
});

describe('a file', () => {
  test.each<[string, string, string]>([
    [
      'without a reason',
      'exemptions:\n  - rule: A\n    expires: 2026-04-01\n',
      'accepted.yaml:2:5 exemptions[0].reason is missing',
    ],
    [
      'with an empty reason',
      "exemptions:\n  - rule: A\n    reason: ' '\n    expires: 2026-04-01\n",
      'accepted.yaml:3:13 ',
    ],
    [
      'without an end',
      'exemptions:\n  - rule: A\n    reason: x\n',
      'accepted.yaml:2:5 exemptions[0].expires is missing',
    ],
    [
      'with a day that is none',
      entry('    expires: 2026-02-30\n'),
      'accepted.yaml:4:14 expires must be a date',
    ],
    ['with words for an end', entry('    expires: never\n'), 'accepted.yaml:4:14 expires must be a date'],
    [
      'with an end too far',
      entry('    expires: 2027-03-04\n'),
      'accepted.yaml:4:14 2027-03-04 is more than a year ahead',
    ],
    [
      'with a rule that is none',
      entry('    expires: 2026-04-01\n').replace('HostNetwork', 'HostNetwrk'),
      'accepted.yaml:2:11 there is no rule "HostNetwrk" (HostNetwork)',
    ],
    [
      'with an unknown field',
      entry('    expires: 2026-04-01\n    kinds: [Pod]\n'),
      'accepted.yaml:5:5 exemptions[0].kinds does not exist (kind)',
    ],
    ['with a list at its top', '- rule: A\n', 'accepted.yaml:1:1 the file must be'],
    ['that is no YAML', 'exemptions: [\n', 'accepted.yaml:'],
    [
      'with two documents',
      `${entry('    expires: 2026-04-01\n')}---\nexemptions: []\n`,
      'accepted.yaml:6:1 the file holds more than one document',
    ],
  ])('%s is refused at its place', async (_name, text, wanted) => {
    const result = await readExemptions(
      { name: 'accepted.yaml', bytes: text },
      { nowMs, knownRules: ['HostNetwork', 'A'] },
    );
    const said = result.ok
      ? []
      : result.faults.map(
          ({ file, line, column, message, suggestion }) =>
            `${file}:${line}:${column} ${message}${suggestion === undefined ? '' : ` (${suggestion})`}`,
        );
    expect(said[0] ?? 'no fault').toContain(wanted);
  });

  test('of none is empty', async () => {
    expect(await read('exemptions: []\n')).toEqual([]);
  });
});

test('what an object says of itself exempts nothing', async () => {
  const words = {
    'sluice.dev/ignore': '*',
    'ignore-check.kube-linter.io/host-network': 'yes',
    'kube-score/ignore': 'all',
    'polaris.fairwinds.com/exempt': 'true',
    'sluice.dev/exemptions': entry('    expires: 2026-04-01\n'),
  };
  const object = soundDeployment({ pod: { hostNetwork: true } });
  const boasting = { ...object, metadata: { ...object.metadata, annotations: words, labels: words } };
  const audited = auditObject(boasting);
  expect(audited).toMatchObject({ findings: [{ id: 'HostNetwork' }] });
  expect(audited).toEqual(auditObject(object));
});

test('every finding is kept or exempted, whatever the patterns', () => {
  const part = fc.constantFrom('a', 'b', '*', 'ab');
  const text = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.array(text, { maxLength: 4 }), fc.array(text, { maxLength: 6 }), (patterns, names) => {
      const exemptions = patterns.map((name) => ({
        rule: 'R',
        name,
        reason: 'x',
        expires: '',
        expiresMs: nowMs + 1,
        place: '',
      }));
      const findings = names.map((name) => finding({ name }, 'R'));
      const { kept, exempted } = applyExemptions(findings, exemptions, nowMs);
      const covers = (name: string): boolean =>
        patterns.some((pattern) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(name));
      expect(kept.map(({ object }) => object.name)).toEqual(names.filter((name) => !covers(name)));
      expect(kept.length + exempted.length).toBe(findings.length);
    }),
    { numRuns: 300 },
  );
});
