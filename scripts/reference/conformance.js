import { readRules, readScenarios } from '../../test/conformance/scenario.ts';
import { page, table } from './markdown.js';

/** docs/reference/conformance.md: the rules of the language, and the scenarios that show them. */
export function conformancePage() {
  const scenarios = readScenarios();
  const rules = readRules();
  const showing = (rule) => scenarios.filter((scenario) => scenario.rules.includes(rule));
  const differing = scenarios.filter(({ differs }) => differs.kubevela !== undefined);
  const extensions = scenarios.filter(({ extension }) => extension !== undefined);
  return page(
    '# Conformance',
    intro(scenarios, rules, extensions),
    '## Rules',
    table(
      ['Rule', 'Scenarios', 'What it says'],
      rules.map(({ rule, text }) => [rule, String(showing(rule).length), text]),
    ),
    '## Where KubeVela’s controller does something else',
    differingIntro,
    table(
      ['Scenario', 'Rules', 'Why'],
      differing.map(({ name, rules: shown, differs }) => [name, shown.join(', '), differs.kubevela.why]),
    ),
    '## Scenarios',
    ...chapters(scenarios),
  );
}

function intro(scenarios, rules, extensions) {
  return `${scenarios.length} scenarios in \`test/conformance/scenarios\` show the ${rules.length} rules below. Each is a run with a scripted world and
what is to come of it: phase, reason and message of every step, the requests that a server sees, their order. The same files
run on the engine alone (clock, requests and objects are scripted), on the local runner, and on the controller over a real
API server, with the same expectations; a scenario says where a place differs, and why. ${extensions.length} use extensions. The format of
runs is on [another page](workflowrun.md).

\`\`\`
npx vitest run test/conformance                                          # engine and local runner
node scripts/test-cluster.js test/controller-cluster/conformance.test.ts # controller
npm run test:peer                                                        # KubeVela's controller: KUBEVELA_WORKFLOW_BIN, KUBEVELA_DEFS
\`\`\``;
}

const differingIntro = `\`scripts/conformance-peer.js\` fails for a difference that is not listed here, and for one that is no more. The reasons stand in
[compatibility](../compatibility.md).`;

function chapters(scenarios) {
  const files = [...new Set(scenarios.map(({ file }) => file))];
  return files.flatMap((file) => [
    `### ${file}`,
    table(
      ['Scenario', 'Rules'],
      scenarios
        .filter((scenario) => scenario.file === file)
        .map(({ name, rules, extension }) => [
          extension === undefined ? name : `${name} (extension: \`${extension}\`)`,
          rules.join(', '),
        ]),
    ),
  ]);
}
