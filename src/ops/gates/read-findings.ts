import { auditObjects } from '../../analyze/audit-set.ts';
import { diagnose } from '../../analyze/diagnose.ts';
import type { Finding, Severity } from '../../analyze/finding.ts';
import { readLiveState } from '../../analyze/live-state.ts';
import { workloadOf } from '../../analyze/pod-template.ts';
import { isSluiceError, messageOf } from '../../api/errors.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import type { JudgedObject } from '../../api/kept-verdict.ts';
import type { Cluster } from '../../cluster/port.ts';
import { digestOfText } from '../../gate/digest.ts';
import type { Sample } from '../../gate/evaluate/gate-input.ts';
import { stamp } from '../../gate/evaluate/make-verdict.ts';
import { readAnyReport } from '../../gate/reports/read-any-report.ts';
import type { ReportFormat } from '../../gate/reports/read-report.ts';
import { sampleOfReport, type Report } from '../../gate/reports/report.ts';
import { isClusterScoped } from '../cluster-scoped-kinds.ts';
import type { OpContext } from '../op.ts';
import { objectParam, textParam } from '../param-values.ts';
import { describeRef } from '../target.ts';
import { failed, type MeasureInputs, type Taken } from './taken.ts';

interface Wanted {
  readonly from: string;
  readonly severity: Severity;
}

/** The number of findings at or above a severity: of our audit, of how the subject does, or of a tool's report. */
export async function readFindings(
  { from, severity }: Wanted,
  atMs: number,
  inputs: MeasureInputs,
  context: OpContext,
): Promise<Taken> {
  if (from === 'audit') return fixed(sampleOfReport(audit(inputs), severity, atMs));
  if (from === 'diagnose') {
    const diagnosed = await diagnoseSubject(inputs.subject.subject.objects, inputs.cluster, context);
    return { sample: sampleOfReport(diagnosed, severity, atMs), isFinal: false };
  }
  return readToolReport(from, severity, atMs, inputs);
}

function audit({ subject }: MeasureInputs): Report {
  const byDigest = subject.subject.objects.length - subject.manifests.length;
  const { findings, objects } = auditObjects(subject.manifests as unknown as readonly KubeObject[]);
  return {
    ...ownReport('audit', findings),
    checkedObjects: objects.length,
    failures:
      byDigest > 0
        ? [
            `${byDigest} of the objects came by their digest alone: give the manifests, which are what is judged`,
          ]
        : [],
  };
}

async function diagnoseSubject(
  objects: readonly JudgedObject[],
  clusterName: string,
  context: OpContext,
): Promise<Report> {
  const findings: Finding[] = [];
  const failures: string[] = [];
  let checked = 0;
  for (const object of objects) {
    // oxlint-disable-next-line no-await-in-loop -- each is a handful of lists; a cluster is not asked for all at once
    const seen = await lookAt(object, clusterName, context);
    if (typeof seen === 'string') failures.push(context.maskSecrets(seen));
    else {
      findings.push(...seen.findings);
      checked += seen.isShown ? 1 : 0;
    }
  }
  return { ...ownReport('diagnose', findings), checkedObjects: checked, failures };
}

/** How one object does, or why that cannot be said. A kind that shows nothing, such as a ConfigMap, only has to be there. */
async function lookAt(
  { apiVersion, kind, namespace, name }: JudgedObject,
  clusterName: string,
  context: OpContext,
): Promise<{ readonly findings: readonly Finding[]; readonly isShown: boolean } | string> {
  const key = {
    apiVersion,
    kind,
    name,
    ...(isClusterScoped(apiVersion, kind) || namespace === null ? {} : { namespace }),
  };
  const place = describeRef({ cluster: clusterName, ...key });
  try {
    const cluster: Cluster = await context.cluster(clusterName);
    const object = await cluster.get(key);
    if (object === undefined) return `${place} is not there`;
    const { causes, consequences, health, notChecked } = diagnose(
      await readLiveState(cluster, object),
      context.now(),
    );
    if (notChecked.length > 0) return `${place}: ${notChecked.join('; ')}`;
    const runsPods = workloadOf(object) !== undefined;
    if (runsPods && health === 'unknown' && causes.length === 0)
      return `${place} does not show yet how it does`;
    return { findings: [...causes, ...consequences], isShown: health !== 'unknown' || causes.length > 0 };
  } catch (error) {
    if (!isSluiceError(error)) throw error;
    return `read ${place}: ${messageOf(error)}`;
  }
}

function ownReport(tool: string, findings: readonly Finding[]): Omit<Report, 'checkedObjects' | 'failures'> {
  return {
    tool,
    findings: findings.map(({ id, severity, text, object }) => ({
      rule: id,
      severity,
      message: text,
      place: `${object.kind} ${object.name}`,
      count: 1,
    })),
    toolExit: null,
  };
}

function readToolReport(name: string, severity: Severity, atMs: number, { given }: MeasureInputs): Taken {
  const written = objectParam(objectParam(given.parameter, 'reports'), name);
  const text = textParam(written, 'text', '');
  if (text === '') return failed(atMs, `report "${name}" is not there or empty`);
  const { exit, checkedObjects, format } = written;
  const read = readAnyReport(format as ReportFormat | undefined, text, {
    ...(typeof exit === 'number' ? { exit } : {}),
    ...(typeof checkedObjects === 'number' ? { checkedObjects } : {}),
  });
  const evidence = {
    ref: `report/${name}`,
    kind: 'report',
    digest: digestOfText(text),
    bytes: Buffer.byteLength(text),
    truncated: false,
    masked: false,
    collectedAt: stamp(atMs),
  };
  const sample = read.ok
    ? sampleOfReport(read.report, severity, atMs)
    : { atMs, values: [], error: `report "${name}": ${read.message}` };
  return { ...fixed(sample), evidence };
}

/** What does not change while the gate runs: an error stays one. */
function fixed(sample: Sample): Taken {
  return { sample, isFinal: sample.error !== undefined };
}
