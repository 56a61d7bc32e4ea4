import { readdirSync, readFileSync } from 'node:fs';
import { auditObject, auditRules } from '../../src/analyze/audit.ts';
import { diagnose } from '../../src/analyze/diagnose.ts';
import { score } from '../../src/analyze/score.ts';
import { code, page, table } from './markdown.js';
import { nowMs, scenes } from './scenes.js';
import { specimens } from './specimens.js';

/** docs/reference/rules.md: what the offline engine looks for, and how it arrives at a score. */
export function rulesPage() {
  return page(
    '# Audit rules, diagnosis and score',
    intro,
    '## Audit rules',
    'How a workload is written. *Points* is what a rule takes from 100.',
    auditTable(),
    '## Diagnosis',
    'How an object does now. At most one finding a container: the first cause that applies.',
    diagnosisTable(),
    '## Score',
    scoreRules(),
  );
}

const intro = `The rules behind the offline engine: deterministic, without a model. They judge anything that has a Pod template (also a
Pod, a CronJob or a custom kind with one) and, in a cluster, the Pods and Events that belong to the object by uid. The texts
below are what the rules say of an example; names and numbers are of that example. A finding is critical, high, medium, low
or info.`;

function auditTable() {
  const findings = specimens.flatMap((object) => {
    const audit = auditObject(object);
    if (audit.kind !== 'audited')
      throw new Error('scripts/reference/specimens.js: a specimen is not covered');
    return audit.findings;
  });
  const rows = auditRules.map(({ id, severity, category }) => {
    const finding = findings.find((each) => each.id === id);
    if (finding === undefined)
      throw new Error(`scripts/reference/specimens.js: nothing breaks the rule ${id}`);
    return [code(id), severity, category, pointsOf(finding), finding.text, finding.fix];
  });
  return table(['Rule', 'Severity', 'Category', 'Points', 'What', 'Fix'], rows);
}

function pointsOf(finding) {
  const { explanation } = score([finding]);
  const own = explanation.find(({ item }) => item === finding.id)?.points ?? 0;
  const ceiling = explanation.some(({ item }) => item === 'ceiling')
    ? `, and at most ${score([finding]).score}`
    : '';
  return `${own}${ceiling}`;
}

function diagnosisTable() {
  const findings = scenes.flatMap((scene) => {
    const { causes, consequences } = diagnose(scene, nowMs);
    return [...causes, ...consequences];
  });
  const rows = declaredIds().map((id) => {
    const finding = findings.find((each) => each.id === id);
    if (finding === undefined)
      throw new Error(`scripts/reference/scenes.js: nothing shows the condition ${id}`);
    return [code(id), finding.severity, finding.text, finding.fix];
  });
  return table(['Condition', 'Severity', 'What', 'Fix'], rows);
}

/** Every id that src/analyze/diagnosis gives a finding, sorted, so that none is forgotten here. */
function declaredIds() {
  const folder = new URL('../../src/analyze/diagnosis/', import.meta.url);
  const ids = readdirSync(folder).flatMap((file) => {
    const text = readFileSync(new URL(file, folder), 'utf8');
    const calls = [...text.matchAll(/runtimeFinding\(\s*subject,([^,]*),/g)];
    // The text before a question mark is a reason of the kubelet that is compared.
    return calls.flatMap(([, id]) =>
      [...id.slice(id.indexOf('?') + 1).matchAll(/'([A-Z]\w+)'/g)].map(([, name]) => name),
    );
  });
  return [...new Set(ids)].toSorted();
}

function scoreRules() {
  const lines = ['critical', 'high', 'medium', 'low', 'info'].map((severity) => [
    severity,
    ...pointsAndCeiling(severity),
  ]);
  return `${table(['Severity', 'Points', 'Highest score when it is about the running object'], lines)}
- 100 minus the points of every rule that is broken; a rule counts once, with its worst finding.
- The medium and low findings of one category take at most ${categoryCap()} points together.
- Something that does not run cannot be good: a finding about how the object does now caps the score, as in the table.
- A score is at least 0, a further finding never raises it, and the answer lists every line of the sum.`;
}

function pointsAndCeiling(severity) {
  const of = (category) => score([{ id: 'Sample', severity, category, text: '' }]);
  const own = of('image').explanation.find(({ item }) => item === 'Sample')?.points ?? 0;
  const ceiling = Math.min(...ceilings(severity));
  return [String(own), ceiling === 100 - own ? 'no limit' : String(ceiling)];
}

function ceilings(severity) {
  return [score([{ id: 'Sample', severity, category: 'runtime', text: '' }]).score];
}

/** What so many small findings of one category take that only the cap can bound it. */
function categoryCap() {
  const many = Array.from({ length: 40 }, (_, index) => ({
    id: `Sample${index}`,
    severity: 'low',
    category: 'image',
    text: '',
  }));
  return 100 - score(many).score;
}
