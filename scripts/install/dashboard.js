// The Grafana dashboard. A metric is named by the key that the code gives it, so one that is gone stops the generator.
import { metricTable } from '../../src/controller/metrics/metric-table.ts';

const job = 'job=~"$job"';
const rate = (key, labels = '') =>
  `rate(${nameOf(key)}{${[job, labels].filter(Boolean).join(', ')}}[$__rate_interval])`;
const rates = (key, by, labels) => `sum by (${by}) (${rate(key, labels)})`;
const value = (key, labels = '') => `${nameOf(key)}{${[job, labels].filter(Boolean).join(', ')}}`;
const quantile = (q, key, by = '') =>
  `histogram_quantile(${q}, sum by (${['le', by].filter(Boolean).join(', ')}) (${rate(key).replace('{', '_bucket{')}))`;

/** Title of a row, and its panels: title, unit, then queries with their legends. */
const rows = [
  [
    'Runs',
    panel('Runs by phase', 'short', [`max by (phase) (${value('runPhases')})`, '{{phase}}']),
    panel('Started', 'ops', [rates('runsStarted', 'namespace'), '{{namespace}}']),
    panel('Ended, by phase', 'ops', [
      `sum by (phase) (${rate('runFinished').replace('{', '_count{')})`,
      '{{phase}}',
    ]),
    panel('Time from start to end', 's', ...quantiles('runFinished')),
    panel('Driven now', 'short', [value('runsActive'), '{{pod}}']),
    panel('Set aside', 'short', [`sum(increase(${value('runsQuarantined')}[$__range]))`, 'runs']),
  ],
  [
    'Steps',
    panel('Ended, by phase', 'ops', [rates('stepsFinished', 'phase'), '{{phase}}']),
    panel('Time of a step, 95 %', 'ms', [quantile(0.95, 'stepDuration', 'step_type'), '{{step_type}}']),
    panel('Ops that went wrong', 'ops', [
      rates('effects', 'op, outcome', 'outcome!="done"'),
      '{{op}} {{outcome}}',
    ]),
    panel('Time of an op, 95 %', 's', [quantile(0.95, 'effectSeconds', 'op'), '{{op}}']),
    panel('Log lines beyond what is kept', 'ops', [`sum(${rate('logLinesDropped')})`, 'lines']),
  ],
  [
    'Controller',
    panel('Who holds which lease', 'short', [value('leaseHeld'), '{{lease}} {{pod}}']),
    panel('Runs that wait for their turn', 'short', [`sum by (lane) (${value('queueDepth')})`, '{{lane}}']),
    panel('Wait for a turn, 95 %', 's', [quantile(0.95, 'queueWait', 'lane'), '{{lane}}']),
    panel('One pass over a run', 's', ...quantiles('reconcile')),
    panel('Checking a run', 's', ...quantiles('planned')),
    panel('Status writes', 'ops', [rates('statusWrites', 'outcome'), '{{outcome}}']),
    panel('Status written', 'Bps', [`sum(${rate('statusBytes')})`, 'bytes']),
    panel('CPU', 'short', [rate('processCpu'), '{{pod}}']),
    panel('Memory', 'bytes', [value('processMemory'), '{{pod}}']),
    panel('Main thread', 'percentunit', [value('eventLoop'), '{{pod}}']),
  ],
  [
    'API servers',
    panel('Requests', 'ops', [rates('apiRequests', 'verb, resource'), '{{verb}} {{resource}}']),
    panel('Answers that are no success', 'ops', [
      rates('apiRequests', 'code, resource', 'code!~"2.."'),
      '{{code}} {{resource}}',
    ]),
    panel('Time of a request, 95 %', 's', [
      quantile(0.95, 'apiSeconds', 'verb, resource'),
      '{{verb}} {{resource}}',
    ]),
    panel('Watches begun anew', 'ops', [
      rates('watchRestarts', 'resource, reason'),
      '{{resource}} {{reason}}',
    ]),
    panel('Events', 'ops', [rates('events', 'outcome'), '{{outcome}}']),
  ],
  [
    'Webhook',
    panel('Reviews', 'ops', [rates('admissions', 'kind, outcome'), '{{kind}} {{outcome}}']),
    panel('Time of a review', 's', ...quantiles('admissionSeconds')),
    panel('Certificate ends in', 's', [`${value('certificateEnd')} - time()`, '{{pod}}']),
  ],
];

/** The dashboard as JSON text. */
export function dashboardText() {
  const dashboard = {
    uid: 'sluice',
    title: 'Sluice',
    tags: ['sluice'],
    timezone: 'browser',
    schemaVersion: 39,
    refresh: '30s',
    time: { from: 'now-1h', to: 'now' },
    templating: {
      list: [
        { name: 'datasource', type: 'datasource', query: 'prometheus' },
        {
          name: 'job',
          type: 'query',
          datasource,
          query: `label_values(${nameOf('buildInfo')}, job)`,
          refresh: 2,
          multi: true,
          includeAll: true,
        },
      ],
    },
    panels: placed(),
  };
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}

const width = 8;
const height = 7;
const datasource = { type: 'prometheus', uid: '${datasource}' };

/** Three panels side by side under the title of their row. */
function placed() {
  const panels = [];
  let y = 0;
  for (const [title, ...own] of rows) {
    panels.push({ id: panels.length + 1, type: 'row', title, gridPos: { x: 0, y, w: 24, h: 1 }, panels: [] });
    own.forEach((each, index) => {
      const gridPos = {
        x: (index % 3) * width,
        y: y + 1 + Math.floor(index / 3) * height,
        w: width,
        h: height,
      };
      panels.push({ id: panels.length + 1, ...each, gridPos });
    });
    y += 1 + Math.ceil(own.length / 3) * height;
  }
  return panels;
}

function panel(title, unit, ...queries) {
  return {
    type: 'timeseries',
    title,
    datasource: { type: 'prometheus', uid: '${datasource}' },
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    options: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi' } },
    targets: queries.map(([expr, legendFormat], index) => ({
      refId: String.fromCodePoint(65 + index),
      expr,
      legendFormat,
    })),
  };
}

function quantiles(key) {
  return [
    [quantile(0.5, key), 'median'],
    [quantile(0.95, key), '95 %'],
  ];
}

function nameOf(key) {
  const spec = metricTable[key];
  if (spec === undefined) throw new Error(`there is no metric ${key}`);
  return spec.name;
}
