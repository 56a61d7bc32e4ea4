import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { auditObjects } from '../../src/analyze/audit-set.ts';
import { readGivenObjects } from '../../src/cli/analyze/given-objects.ts';
import { comparisonPage } from './comparison-page.ts';
import { judge, type Judged, type PeerFinding } from './judge.ts';
import { openPeers } from './run-peer.ts';

/**
 * `npm run compare:audit`: judges the manifests with our rules and with other linters, and writes docs/audit-comparison.md.
 * Exit code 1 where a tool has a check that the map does not know.
 */
const folder = join(import.meta.dirname, 'manifests');

const peers = await openPeers(process.env);
const judged: Judged[] = [];
for (const manifest of readdirSync(folder).toSorted()) {
  const path = join(folder, manifest);
  const { given, faults } = readGivenObjects([{ name: manifest, bytes: readFileSync(path) }], undefined);
  if (faults.length > 0) throw new Error(`${manifest}: ${faults[0]?.message}`);
  const own = auditObjects(given.map(({ object }) => object)).findings;
  const found: PeerFinding[] = [];
  for (const peer of peers)
    for (const finding of await peer.findings(path)) found.push(judge(peer.tool, finding, own));
  judged.push({ manifest, own, peers: found });
}
writeFileSync(join(import.meta.dirname, '../../docs/audit-comparison.md'), comparisonPage(judged, peers));
const unmapped = judged.flatMap((each) => each.peers).filter(({ here }) => here === 'unmapped');
for (const { tool, check } of unmapped)
  process.stderr.write(`${tool} has the check ${check}, which is not mapped\n`);
process.exitCode = unmapped.length > 0 ? 1 : 0;
