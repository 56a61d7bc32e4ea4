import { showDollars } from '../../src/api/dollars.ts';
import type { FirstResults, Results } from './results-file.ts';
import type { Scenario } from './scenario.ts';
import type { ModelResult, ModelResults } from './models-file.ts';
import { countText, percent } from './totals.ts';

interface PageParts {
  readonly scenarios: readonly Scenario[];
  readonly first: FirstResults;
  readonly latest: Results;
  readonly models: ModelResults;
}

/** `docs/evals.md`: without times of this machine, so that it changes only where results do. */
export function evalsPage({ scenarios, first, latest, models }: PageParts): string {
  const published = scenarios.filter(({ source }) => source.url !== undefined);
  const own = scenarios.filter(({ source }) => source.url === undefined);
  const counts = (of: readonly Scenario[]): string =>
    `${countText(of, first)} at first, ${countText(of, latest)} today`;
  return `# Results of the evals

<!-- Written by \`npm run evals\`. -->

${scenarios.length} states of clusters, broken and healthy, and what is to be said of each. [Evals](guides/evals.md) says what
they are, how they are judged and how to add one.

| scenarios | right |
|---|---|
| from public reports (${published.length}) | ${counts(published)} |
| of our own design (${own.length}) | ${counts(own)} |

*First* is the result of the analyzers at the commit that brought the scenario, before they were changed for it.

## Models

The same states as evidence for a model, which gives verdict and root in a form; five times each.

| model | scenarios | pass@1 | pass^5 | tokens | cost | time |
|---|---|---|---|---|---|---|
${Object.entries(models)
  .map(([model, result]) => modelLine(model, result))
  .join('\n')}

## From public reports

${table(published, first, latest)}

## Of our own design

${table(own, first, latest)}
`;
}

function modelLine(model: string, { scenarios, passAt1, passAll, use, seconds }: ModelResult): string {
  const cells = [
    cell(model),
    scenarios,
    percent(passAt1),
    percent(passAll),
    `${use.inputTokens} in, ${use.outputTokens} out`,
    use.microDollars === null ? 'not known' : `$${showDollars(use.microDollars)}`,
    seconds === undefined ? '' : `${seconds} s`,
  ];
  return `| ${cells.join(' | ')} |`;
}

function table(scenarios: readonly Scenario[], first: FirstResults, latest: Results): string {
  const rows = scenarios.map(({ id, title, source, expect }) => {
    const from = source.url === undefined ? '' : ` [${cell(source.name)}](${source.url})`;
    const began = first[id];
    const at = began === undefined ? 'new' : `${word(began.passed)} (${began.commit})`;
    const now = latest[id];
    const faults = now?.passed === false ? `: ${now.faults.map((fault) => cell(fault)).join('; ')}` : '';
    return `| [${id}](../bench/evals/scenarios/${id}.yaml) | ${cell(title)}.${from} | ${expect.verdict} | ${at} | ${word(now?.passed)}${faults} |`;
  });
  return ['| scenario | what it is | is | first | today |', '|---|---|---|---|---|', ...rows].join('\n');
}

function word(passed: boolean | undefined): string {
  return passed === undefined ? 'not run' : passed ? 'right' : 'wrong';
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('*', '\\*').replaceAll('<', '&lt;');
}
