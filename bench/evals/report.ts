import { regressions, type FirstResults, type Results } from './results-file.ts';
import type { ModelRun } from './model-run.ts';
import type { Scenario } from './scenario.ts';
import { countText, passRates, percent } from './totals.ts';

/** What a run prints: a line a scenario with what was wrong, then the totals. */
export function reportText(
  scenarios: readonly Scenario[],
  { first, today, models }: { first: FirstResults; today: Results; models: readonly ModelRun[] },
): string {
  const width = Math.max(...scenarios.map(({ id }) => id.length));
  const lines = scenarios.map(({ id, source }) => {
    const result = today[id];
    const passes = `${word(first[id]?.passed)}  ${word(result?.passed)}`;
    const faults = (result?.faults ?? []).map((fault) => `\n${' '.repeat(14)}${fault}`).join('');
    return `${passes}  ${id.padEnd(width)}  ${source.url === undefined ? '' : source.name}${faults}`;
  });
  return [
    'first  today  scenario',
    ...lines,
    '',
    `analyzers: ${countText(scenarios, today)} right (first: ${countText(scenarios, first)})`,
    ...models.map((run) => modelText(run)),
    ...regressions(today).map((id) => `REGRESSION: ${id} was right in bench/evals/latest.json`),
    '',
  ].join('\n');
}

function modelText(run: ModelRun): string {
  const { passAt1, passAll } = passRates(run);
  const { calls, inputTokens, outputTokens, microDollars } = run.use;
  const cost = microDollars === null ? 'cost not known' : `$${(microDollars / 1_000_000).toFixed(4)}`;
  return `${run.model}: pass@1 ${percent(passAt1)}, pass^5 ${percent(passAll)}; ${calls} calls, ${inputTokens} tokens in, ${outputTokens} out, ${cost}, ${run.seconds.toFixed(1)} s`;
}

function word(passed: boolean | undefined): string {
  return passed === undefined ? '-    ' : passed ? 'right' : 'WRONG';
}
