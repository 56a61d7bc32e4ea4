import { afterEach, describe, expect, test } from 'vitest';
import { prometheus } from './counterparts.ts';
import { serveMetrics, type Exporter } from './exporter.ts';

const exporters: Exporter[] = [];
afterEach(async () => {
  for (const exporter of exporters.splice(0)) await exporter.close();
});

describe.skipIf(prometheus === undefined)('Prometheus', () => {
  test('scrapes what an exporter shows, and forgets what it shows no more', async () => {
    const exporter = await serveMetrics('errors_total 3\n');
    exporters.push(exporter);
    const query = `errors_total{job="${exporter.job}"}`;
    const [series] = await exporter.until(query, (result) => result.length === 1);
    expect(series?.value[1]).toBe('3');
    exporter.show('others_total 3\n');
    expect(await exporter.until(query, (result) => result.length === 0)).toEqual([]);
  });
});
