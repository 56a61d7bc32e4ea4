import type { Finding, Severity } from '../analyze/finding.ts';
import type { NotJudged } from '../analyze/audit-cluster.ts';
import type { SetAudit } from '../analyze/audit-set.ts';
import { SluiceError } from '../api/errors.ts';
import { isObject, type Json, type JsonObject } from '../api/json.ts';
import type { KubeObject } from '../api/kube-object.ts';
import type { OpOutcome } from '../api/op-spec.ts';
import { auditParams, auditResult } from './audit-schema.ts';
import { mapTexts } from './map-texts.ts';
import type { Op, OpContext } from './op.ts';
import { outcomeOfError } from './outcome.ts';
import { listParam, numberParam, textParam } from './param-values.ts';
import { readIgnore } from './read-ignore.ts';
import { addSecretValues } from './secret-objects.ts';
import { describeRef, onCluster, refOf } from './target.ts';

export const audit: Op = {
  name: 'audit',
  cue: [],
  description:
    'Judges by rules how manifests, or an object of a cluster, are written, and gives them a score.',
  params: auditParams,
  result: auditResult,
  needs: 'cluster',
  onUnknown: () => 'retry',
  pure: true,
  async perform(params, context) {
    try {
      return await judged(params, context);
    } catch (error) {
      return outcomeOfError(error, `audit${onCluster(textParam(params, 'cluster', ''))}`);
    }
  },
};

interface Judged extends SetAudit {
  readonly notJudged: readonly NotJudged[];
}

async function judged(params: JsonObject, context: OpContext): Promise<OpOutcome> {
  // The rules are a good part of the program, and most runs do not need them.
  const [{ auditRules }, { applyExemptions }, { isAtLeast }, { scoreObjects }, { auditOutput }] =
    await Promise.all([
      import('../analyze/audit.ts'),
      import('../analyze/exemptions/apply-exemptions.ts'),
      import('../analyze/finding.ts'),
      import('../analyze/score-set.ts'),
      import('./audit-output.ts'),
    ]);
  const knownRules = auditRules.map(({ id }) => id);
  const exemptions = await readIgnore(params, context.now(), knownRules);
  const audited = await auditOf(params, context);
  const { kept, exempted } = applyExemptions<Finding>(audited.findings, exemptions, context.now());
  const score = scoreObjects(audited.objects, kept);
  const output = auditOutput({ ...audited, findings: kept }, score, exempted.length);
  const limit = textParam(params, 'failOn', '') as Severity | '';
  const failed =
    score === undefined ||
    output.summary.unchecked > 0 ||
    score.worst < (numberParam(params, 'minScore') ?? 0) ||
    (limit !== '' && kept.some(({ severity }) => isAtLeast(severity, limit)));
  const told = { ...output, failed };
  const masked = mapTexts(told as unknown as Json, (text) => context.maskSecrets(text)) as JsonObject;
  return { kind: 'ok', result: masked };
}

async function auditOf(params: JsonObject, context: OpContext): Promise<Judged> {
  const { target } = params;
  const objects = listParam(params, 'objects').filter(isObject);
  if (isObject(target) === objects.length > 0)
    throw new SluiceError('invalid', 'BadAudit', 'give either `objects` or `target`');
  const { auditObjectOf, notJudgedAlone } = await import('../analyze/audit-cluster.ts');
  if (isObject(target)) {
    const object = await targetOf(target, textParam(params, 'cluster', ''), context);
    return auditObjectOf(object.cluster, object.found);
  }
  for (const object of objects) addSecretValues(object, (secret) => context.addSecret(secret));
  const { auditObjects } = await import('../analyze/audit-set.ts');
  const manifests = objects as unknown as readonly KubeObject[];
  const [only, ...others] = manifests;
  const alone = only !== undefined && others.length === 0 ? notJudgedAlone(only) : [];
  return { ...auditObjects(manifests), notJudged: alone };
}

async function targetOf(
  target: JsonObject,
  clusterName: string,
  context: OpContext,
): Promise<{ readonly cluster: Awaited<ReturnType<OpContext['cluster']>>; readonly found: KubeObject }> {
  const { apiVersion = '', kind = '', ...metadata } = target;
  const ref = refOf({ apiVersion, kind, metadata }, clusterName, context.run.namespace);
  const cluster = await context.cluster(clusterName);
  const found = await cluster.get(ref);
  if (found === undefined)
    throw new SluiceError('invalid', 'NoSuchObject', `${describeRef(ref)} does not exist`);
  addSecretValues(found as unknown as JsonObject, (secret) => context.addSecret(secret));
  return { cluster, found };
}
