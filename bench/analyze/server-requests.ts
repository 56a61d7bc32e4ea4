import type { Api } from '../cluster/api.ts';

/** What the API server asks of itself, whoever else asks. */
const ownWork = new Set(['leases', 'flowschemas', 'prioritylevelconfigurations', 'apiservices']);

/** How many reads the API server has answered, with discovery; watches left out. */
export async function countReads(api: Api): Promise<number> {
  let count = 0;
  for (const line of (await api.text('GET', '/metrics')).split('\n')) {
    if (!/^apiserver_request_total\{.*verb="(?:GET|LIST)"/.test(line)) continue;
    if (ownWork.has(/resource="([^"]*)"/.exec(line)?.[1] ?? '') || isOwnRequest(line)) continue;
    count += Number(line.slice(line.lastIndexOf(' ') + 1));
  }
  return count;
}

/** Counting asks for the counts itself. */
function isOwnRequest(line: string): boolean {
  return line.includes('resource=""') && !/group="[^"]+"/.test(line) && line.includes('component=""');
}
