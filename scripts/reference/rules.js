import { readdirSync, readFileSync } from 'node:fs';
import { auditObjects } from '../../src/analyze/audit-set.ts';
import { diagnose } from '../../src/analyze/diagnose.ts';
import { exemptionsSchema } from '../../src/analyze/exemptions/exemptions-schema.ts';
import { objectRules } from '../../src/analyze/rules/object-rules.ts';
import { setRules } from '../../src/analyze/rules/set-rules.ts';
import { workloadRules } from '../../src/analyze/rules/workload-rules.ts';
import { score } from '../../src/analyze/score.ts';
import { ruleManifests } from '../../test/analyze/rule-manifests.ts';
import { code, fenced, page, table } from './markdown.js';
import { nowMs, scenes } from './scenes.js';

/** docs/reference/rules.md: what audits and the offline engine look for, and how they arrive at a score. */
export function rulesPage() {
  return page(
    '# Audit rules, diagnosis and score',
    intro,
    '## Audit rules',
    auditIntro,
    '### Of what runs Pods',
    ruleTable(workloadRules),
    '### Of other objects',
    ruleTable(objectRules),
    '### Of objects that are given together',
    setIntro,
    ruleTable(setRules),
    '### Not asked, and why',
    notAsked,
    '## Diagnosis',
    'How an object does now. At most one finding a container: the first cause that applies.',
    diagnosisTable(),
    '## Score',
    scoreRules(),
    '## Exemptions',
    exemptionsIntro,
    fenced('yaml', exemptionsExample),
    exemptionFields(),
  );
}

const intro = `Deterministic rules, without a model: those behind audits and behind the offline engine. The texts below are what the rules say
of an example; names and numbers are of that example. A finding is critical, high, medium, low or info.`;

const auditIntro = `How objects are written, whatever state they are in. What runs Pods is anything with a Pod template, also a Pod, a CronJob or a
custom kind with one. *Points* is what a rule takes from 100. *Rests on* names the standard or the documentation, and
with *CIS* the recommendation of the CIS Kubernetes Benchmark 1.9; every control of the Pod Security Standards, as Kubernetes
1.37 enforces them, has its rule. \`test/analyze/rules\` holds for each rule
a manifest that it alone flags, and the same with the fix. No two rules report one cause: a privileged container is not also
blamed for its capabilities.`;

const setIntro = `Asked only where two or more objects are given: a Deployment alone does not tell which NetworkPolicy is next to it. An audit of
one object, and so every score of the offline engine, leaves them out. Objects without a namespace are taken to be in one.
What a ReplicaSet or a Pod repeats of the Deployment that owns it is reported of the Deployment.`;

const notAsked = `Other tools also ask for the following. There is no rule where following the advice changes nothing that goes wrong in
practice, or where the right answer depends on the cluster and not on the manifest:

- a priority class, node affinity, DNS options, labels of an owner: conventions of an organisation;
- \`imagePullPolicy: Always\`: a digest says what runs, and a pull at each start needs the registry to be up;
- requests that equal limits, three replicas in place of two, requests and limits for ephemeral storage everywhere;
- secrets as environment variables from a Secret (CIS 5.4.1 prefers files): most published images read nothing else;
- the field \`serviceAccount\`: the API server fills it in for every Pod;
- \`startingDeadlineSeconds\` of a CronJob: controllers since Kubernetes 1.21 do not stop after missed starts;
- routes of the Gateway API to another namespace: the ReferenceGrant there is the consent;
- probes of a port that the container does not declare: they work;
- the namespace \`default\`, sorted keys, group 0: no cause of a fault by themselves;
- ServiceAccounts, ConfigMaps and Secrets that are not given: mostly they are made elsewhere, and \`sluice analyze\` reports what
  a cluster does not have.`;

const exemptionsIntro = `A finding that is known and accepted is exempted by a file of whoever asks, never by the judged object: its annotations and
labels are not read for this. An exemption names its rule, its reason and its end, at most a year ahead; on that day (UTC) it
still holds. What is exempted leaves the findings and the score and is counted; an exemption that has ended does not apply and
is reported, and so is one that covers nothing. A file with a fault is refused as a whole, each fault with line and column.`;

const exemptionsExample = `exemptions:
  - rule: HostNetwork
    kind: DaemonSet
    namespace: monitoring
    name: node-*
    reason: measures the interfaces of the node
    owner: team-observability
    expires: 2027-03-31`;

function exemptionFields() {
  const { properties, required } = exemptionsSchema.properties.exemptions.items;
  const rows = Object.entries(properties).map(([name, { description }]) => [
    code(name),
    required.includes(name) ? 'yes' : 'no',
    description,
  ]);
  return table(['Field', 'Required', 'What'], rows);
}

function ruleTable(rules) {
  const manifests = new Map(ruleManifests().map((each) => [each.id, each.flagged]));
  const rows = rules.map(({ id, severity, category, reason, source, cis }) => {
    const finding = auditObjects(manifests.get(id) ?? []).findings.find((each) => each.id === id);
    if (finding === undefined) throw new Error(`test/analyze/rules/${id}.yaml: nothing breaks the rule`);
    const rest = `[${source.title}](${source.url})${cis === undefined ? '' : `; CIS ${cis}`}`;
    return [
      code(id),
      severity,
      category,
      pointsOf(finding),
      finding.text,
      `${upperFirst(reason)}.`,
      finding.fix,
      rest,
    ];
  });
  return table(['Rule', 'Severity', 'Category', 'Points', 'What', 'Why', 'Fix', 'Rests on'], rows);
}

function upperFirst(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
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
  return [...new Set(ids)].toSorted((a, b) => (a < b ? -1 : 1));
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
- A score is at least 0, a further finding never raises it, and the answer lists every line of the sum.
- Of several objects, \`worst\` is the score of the worst one, and is what a gate should ask for; \`total\` is the mean of all,
  rounded down. Objects of kinds that no rule knows have no score and do not count.`;
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
