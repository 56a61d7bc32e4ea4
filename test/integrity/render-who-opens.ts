import type { Found } from './find-out.ts';
import { controls, inputs, type ComparedInput, type Input } from './inputs.ts';
import { peers, type Peer, type PeerName } from './peers.ts';

const head = `# Who opens?

<!-- Written by test/integrity/who-opens.test.ts from what it found: \`vitest run test/integrity -u\`. -->

The same inputs, and which gate lets a deployment go on over them. What stands under *Sluice* is what a run with such a gate
did, each time the tests ran: the exit code of \`sluice run\`, the outcome of the verdict, and whether the step behind the gate,
which \`requires\` it, brought anything to the cluster \`prod\`. What stands under the others was read in their source or pages at the
versions below; none of them was run. A tool is named only where that reading answers the question.
`;

/** The page of what was found. */
export function renderWhoOpens(found: ReadonlyMap<Input, Found>): string {
  const rowOf = (input: ComparedInput, index: number): string => {
    const end = found.get(input);
    const ours = end === undefined ? 'not run' : cellOf(end);
    return `| ${index + 1} | ${input.name} | ${ours} | ${namesOf(input.opens)} | ${namesOf(input.shut)} |`;
  };
  const controlOf = (input: Input): string => {
    const end = found.get(input);
    return `| ${input.name} | ${end === undefined ? 'not run' : cellOf(end)} |`;
  };
  return [
    head,
    '| | Input | Sluice | Opens | Stays shut |',
    '| --- | --- | --- | --- | --- |',
    ...inputs.map(rowOf),
    '',
    'A gate that never opened would pass this table, too. These open:',
    '',
    '| Input | Sluice |',
    '| --- | --- |',
    ...controls.map(controlOf),
    '',
    '## What the words mean',
    '',
    '- **refused**: the file is faulty, says `sluice vet` and every run of it: exit code 2, and nothing runs.',
    '- **shut**: the gate did not open; its step failed, with the outcome of the verdict: exit code 3.',
    '- **ended by a person**: the run waits for somebody, exit code 5, who terminated it: there is no verdict, and that opens nothing.',
    '- **held back**: the gate did open, for something else than what was to be deployed: that step failed.',
    '',
    '## What was read',
    '',
    ...used().map(({ name, source }) => `- ${name}: ${source}`),
    '',
    'Row 3 is argoproj/argo-rollouts#4393, row 9 is #1329 and #2158 there. In row 7 Keptn has no provider of indicators at all, in',
    'row 10 Argo Rollouts is in a blue-green release. Where no version is given the files were read in November 2026. What is said of',
    'a version is said of no other.',
    '',
  ].join('\n');
}

/** In a few words. */
export function cellOf({ code, outcome, isDeployed }: Found): string {
  if (isDeployed) return `**opens** (exit ${code}, ${outcome})`;
  if (code === 2) return 'refused (exit 2)';
  if (outcome === undefined) return `ended by a person (exit ${code}, no verdict)`;
  return outcome === 'pass' ? `held back (exit ${code})` : `shut (exit ${code}, ${outcome})`;
}

function namesOf(names: readonly PeerName[]): string {
  return names.length === 0 ? '–' : names.map((name) => peers[name].name).join(', ');
}

function used(): readonly Peer[] {
  const names = new Set(inputs.flatMap(({ opens, shut }) => [...opens, ...shut]));
  return Object.entries(peers).flatMap(([name, peer]) => (names.has(name as PeerName) ? [peer] : []));
}
