import type { Analysis, AnalyzeQuery } from '../analyze/cluster/analyze-cluster.ts';
import { applyExemptions } from '../analyze/exemptions/apply-exemptions.ts';
import { identityKey, identityOf, readIdentity } from '../analyze/finding-identity.ts';
import { isAtLeast, type Severity } from '../analyze/finding.ts';
import { narrowIncidents } from '../analyze/incident/narrow-incidents.ts';
import { incidentsTouching, isSameObject, membersOf } from '../analyze/incident/touching.ts';
import { parseDuration } from '../api/duration.ts';
import { SluiceError } from '../api/errors.ts';
import { isObject, type Json, type JsonObject } from '../api/json.ts';
import type { ObjectRef } from '../api/kube-object.ts';
import type { OpOutcome } from '../api/op-spec.ts';
import { isNamespaced } from '../cluster/known-kinds.ts';
import { analyzeParams, analyzeResult } from './analyze-schema.ts';
import { analysisOutput } from './analysis-output.ts';
import { mapTexts } from './map-texts.ts';
import type { Op, OpContext } from './op.ts';
import { outcomeOfError, terminal } from './outcome.ts';
import { listParam, textParam } from './param-values.ts';
import { readIgnore } from './read-ignore.ts';
import { describeRef, onCluster, refOf } from './target.ts';

export const analyze: Op = {
  name: 'analyze',
  cue: [],
  description:
    'Looks for what is wrong in a namespace, by rules. A step type waits with `continue: ${ analysis.done }` and `after: ${ analysis.after }` where problems are given time to go away.',
  params: analyzeParams,
  result: analyzeResult,
  needs: 'cluster',
  onUnknown: () => 'retry',
  pure: true,
  async perform(params, context) {
    try {
      const waitMs = parseDuration(textParam(params, 'wait', '0s')) ?? 0;
      return await found({ params, untilMs: context.now() + waitMs, nextMs: 0 }, context);
    } catch (error) {
      return outcomeOfError(error, `analyze${onCluster(textParam(params, 'cluster', ''))}`);
    }
  },
  async refresh({ result }, context) {
    const look = readLook(result);
    if (look === undefined) return terminal('analyze: its record is no analysis');
    const isDone = isObject(result) && result['done'] === true;
    if (isDone || context.now() < look.nextMs) return { kind: 'ok', result };
    try {
      return await found(look, context);
    } catch (error) {
      return outcomeOfError(error, 'analyze');
    }
  },
};

/** Plain JSON, since the journal keeps it. */
interface PlannedLook {
  readonly params: JsonObject;
  /** Problems have until then to go away. */
  readonly untilMs: number;
  readonly nextMs: number;
}

const pauseMs = 5000;

function readLook(result: Json): PlannedLook | undefined {
  const look = isObject(result) ? result['look'] : undefined;
  return isObject(look) && isObject(look['params']) ? (look as unknown as PlannedLook) : undefined;
}

async function found({ params, untilMs }: PlannedLook, context: OpContext): Promise<OpOutcome> {
  const exemptions = await readIgnore(params, context.now());
  // The rules are a good part of the program, and most runs do not need them.
  const { analyzeCluster } = await import('../analyze/cluster/analyze-cluster.ts');
  const clusterName = textParam(params, 'cluster', '');
  const cluster = await context.cluster(clusterName);
  const target = targetOf(params, clusterName, context);
  if (target !== undefined && (await cluster.get(target)) === undefined)
    return terminal(`analyze: ${describeRef(target)} does not exist`);
  const query = await queryOf(params, context);
  const analysis = narrowed(await analyzeCluster(cluster, query), target);
  const { kept, exempted } = applyExemptions(analysis.findings, exemptions, query.nowMs);
  const known = new Set(listParam(params, 'baseline').map(keyOf));
  const findings = kept.filter((finding) => !known.has(identityKey(identityOf(finding))));
  const output = analysisOutput(
    { ...analysis, findings, incidents: narrowIncidents(analysis.incidents, findings) },
    { ignored: exempted.length, known: kept.length - findings.length },
  );
  const limit = textParam(params, 'failOn', 'medium') as Severity;
  const { unchecked, rollouts } = output.summary;
  const failed = unchecked > 0 || rollouts > 0 || findings.some(({ severity }) => isAtLeast(severity, limit));
  const nowMs = context.now();
  const done = !failed || nowMs >= untilMs;
  const nextMs = Math.min(nowMs + pauseMs, untilMs);
  const told = { ...output, failed, done, after: done ? '0s' : `${Math.max(nextMs - nowMs, 1)}ms` };
  const masked = mapTexts(told as unknown as Json, (text) => context.maskSecrets(text)) as JsonObject;
  return { kind: 'ok', result: { ...masked, look: { params, untilMs, nextMs } } };
}

async function queryOf(params: JsonObject, context: OpContext): Promise<AnalyzeQuery> {
  const { analyzersNamed, knownAnalyzers } = await import('../analyze/cluster/known-analyzers.ts');
  const { defaultAnalyzers } = await import('../analyze/cluster/default-analyzers.ts');
  const { queryOf: kindQuery } = await import('../analyze/cluster/kinds.ts');
  const namespace = namespaceOf(params, context);
  const names = listParam(params, 'analyzers').filter((name) => typeof name === 'string');
  const analyzers =
    names.length > 0
      ? analyzersNamed(names)
      : knownAnalyzers.filter(
          (analyzer) =>
            defaultAnalyzers.includes(analyzer) &&
            (namespace === '' ||
              analyzer.judges.some((kind) => isNamespaced(kindQuery(kind).apiVersion, kind))),
        );
  const labelSelector = textParam(params, 'selector', '');
  return {
    analyzers,
    nowMs: context.now(),
    ...(namespace === '' ? {} : { namespace }),
    ...(labelSelector === '' ? {} : { labelSelector }),
  };
}

/** An empty one is meant. */
function namespaceOf(params: JsonObject, context: OpContext): string {
  const { namespace } = params;
  return typeof namespace === 'string' ? namespace : context.run.namespace;
}

function targetOf(params: JsonObject, cluster: string, context: OpContext): ObjectRef | undefined {
  if (!isObject(params['target'])) return undefined;
  const { apiVersion = '', kind = '', ...metadata } = params['target'];
  return refOf(
    { apiVersion, kind, metadata },
    cluster,
    namespaceOf(params, context) || context.run.namespace,
  );
}

/** What touches the target, in the order of all findings. */
function narrowed(analysis: Analysis, target: ObjectRef | undefined): Analysis {
  if (target === undefined) return analysis;
  const incidents = incidentsTouching(analysis.incidents, [target]);
  const members = new Set(incidents.flatMap(membersOf));
  return {
    ...analysis,
    findings: analysis.findings.filter((finding) => members.has(finding)),
    incidents,
    rollingOut: analysis.rollingOut.filter((object) => isSameObject(object, target)),
  };
}

function keyOf(finding: Json): string {
  const identity = readIdentity(finding);
  if (identity !== undefined) return identityKey(identity);
  throw new SluiceError('invalid', 'BadBaseline', 'baseline: one of its findings lacks an id or its object', {
    hint: 'give it the output `findings` of an earlier step of this type',
  });
}
