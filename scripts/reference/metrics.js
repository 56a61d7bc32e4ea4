import { labelLimit, metricTable } from '../../src/controller/metrics/metric-table.ts';
import { code, page, table } from './markdown.js';

/** docs/reference/metrics.md: what a scrape of the controller holds. */
export function metricsPage() {
  const specs = Object.values(metricTable);
  return page(
    '# Metrics of the controller',
    intro,
    '## With KubeVela’s names',
    'They count what they count in KubeVela’s controller, with the same labels. The buckets are Sluice’s own. Every replica\ncounts the runs that it watches: take the largest, not the sum.',
    tableOf(specs.filter(({ isKubeVelas }) => isKubeVelas === true)),
    '## Sluice’s own',
    tableOf(specs.filter(({ name, isKubeVelas }) => isKubeVelas !== true && name.startsWith('sluice_'))),
    '## The process',
    tableOf(specs.filter(({ name }) => name.startsWith('process_'))),
    '## Buckets',
    'Upper bounds of the histograms, in the unit of each.',
    bucketTable(specs),
  );
}

const intro = `\`sluice controller --metrics-bind ADDRESS\` serves them at \`/metrics\` in Prometheus’ text format; without it nothing is counted.
Nobody is asked who they are there: bind it to an address that only the scraper reaches. No label holds the name of a run.
Of a label that people choose (namespace, step type, op, resource) the first ${labelLimit} different values stand for themselves
and the others count as \`other\`. Counters begin at 0 when the process starts; each replica counts what it did itself.`;

function tableOf(specs) {
  return table(
    ['Metric', 'Kind', 'Unit', 'Labels', 'Meaning'],
    specs.map(({ name, kind, unit, labels, help }) => [
      code(name),
      kind,
      unit ?? '',
      labels.map(code).join(', '),
      help,
    ]),
  );
}

function bucketTable(specs) {
  return table(
    ['Histogram', 'Buckets'],
    specs
      .filter(({ kind }) => kind === 'histogram')
      .map(({ name, buckets }) => [code(name), buckets.join(', ')]),
  );
}
