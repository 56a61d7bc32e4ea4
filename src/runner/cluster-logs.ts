import { isSluiceError, SluiceError } from '../api/errors.ts';
import type { KubeObject } from '../api/kube-object.ts';
import { textAt, valueAt } from '../cluster/json-reading.ts';
import type { ApiClient } from '../cluster/kubernetes/api-client.ts';
import type { ClusterRuns } from '../store/cluster/cluster-runs.ts';
import { keptLogs } from '../store/cluster/kept-record.ts';
import { refOf } from '../store/cluster/run-view.ts';
import type { LogRecord, RunRef } from '../store/port.ts';

/** Logs so far and, with `follow`, until the run ends. */
export async function* followClusterLogs(
  runs: ClusterRuns,
  client: ApiClient,
  ref: RunRef,
  { follow, signal }: { readonly follow: boolean; readonly signal: AbortSignal },
): AsyncGenerator<LogRecord> {
  const said = new Set<string>();
  const versions = follow ? runs.watch(ref, signal) : [await runs.get(ref)];
  for await (const run of versions) {
    const records = await withParts(run, runs, (current) => keptLogs(current, client));
    if (records === undefined && isBegun(run)) throw foreignLogs(run);
    for (const record of records ?? []) {
      const key = `${record.step}\n${record.key}\n${record.timeMs}`;
      if (said.has(key)) continue;
      said.add(key);
      yield record;
    }
    if (valueAt(run, 'status', 'finished') === true) return;
  }
}

/**
 * Reads a part of the run that its status points to. A part goes when a newer version is in force; then the run is read
 * again.
 */
export async function withParts<Part>(
  run: KubeObject,
  runs: ClusterRuns,
  read: (run: KubeObject) => Promise<Part>,
): Promise<Part> {
  let current = run;
  for (let tries = 1; ; tries++) {
    try {
      return await read(current);
    } catch (error) {
      if (!isSluiceError(error) || error.code !== 'AttachmentMissing' || tries >= mostTries) throw error;
      current = await runs.get(refOf(current));
    }
  }
}

const mostTries = 3;

/** Some engine has taken the run. */
export function isBegun(run: KubeObject): boolean {
  return textAt(run, 'status', 'status') !== '';
}

function foreignLogs({ metadata }: KubeObject): SluiceError {
  const what = `run ${metadata.namespace}/${metadata.name} is driven by KubeVela's controller, which keeps no logs with a run`;
  return new SluiceError('invalid', 'NoLogsKept', what, {
    hint: `They are in the log of its Pod, if anywhere: vela workflow logs ${metadata.name} -n ${metadata.namespace}`,
  });
}
