import { isObject, stringifyJson, type Json, type JsonObject } from '../api/json.ts';
import type { KubeObject, ObjectRef } from '../api/kube-object.ts';
import type { OpOutcome } from '../api/op-spec.ts';
import type { Cluster } from '../cluster/port.ts';
import { collectEvidence, type ReadLog } from '../evidence/collect.ts';
import { compareItems, uniqueRefs, type EvidenceBundle, type EvidenceItem } from '../evidence/item.ts';
import { namesOf } from '../evidence/names-of.ts';
import { objectSecrets } from '../evidence/object-secrets.ts';
import { contentText, objectsIn } from '../evidence/prepare/content.ts';
import {
  prepareEvidence,
  type GivenContent,
  type PreparedEvidence,
} from '../evidence/prepare/prepare-evidence.ts';
import { evidenceParams, evidenceResult } from './evidence-schema.ts';
import { mapTexts } from './map-texts.ts';
import type { Op, OpContext } from './op.ts';
import { outcomeOfError } from './outcome.ts';
import { listParam, numberParam, textParam } from './param-values.ts';
import { addSecretValues } from './secret-objects.ts';
import { refOf } from './target.ts';

export const evidence: Op = {
  name: 'evidence',
  cue: [],
  description:
    'Collects what is known about objects and makes it fit to be sent to a model: trimmed, masked, cut to a budget.',
  params: evidenceParams,
  result: evidenceResult,
  needs: 'cluster',
  onUnknown: () => 'retry',
  pure: true,
  async perform(params, context) {
    try {
      return await collectAndPrepare(params, context);
    } catch (error) {
      return outcomeOfError(error, 'evidence');
    }
  },
};

async function collectAndPrepare(params: JsonObject, context: OpContext): Promise<OpOutcome> {
  const keepComments = params['keepComments'] === true;
  const bundles = await bundlesOf(params, keepComments, context);
  const given = listParam(params, 'items') as unknown as readonly EvidenceItem[];
  const all = [...bundles.flatMap((bundle) => bundle.items), ...given, ...context.evidence.given];
  const items = uniqueRefs(all.toSorted(compareItems));
  const findings = bundles.flatMap((bundle) => bundle.findings);
  const { content } = params;
  const objects = content === undefined ? [] : objectsIn(content);
  for (const object of objects) addSecretsOf(object, context);
  const anonymize = context.evidence.anonymize || params['anonymize'] === true;
  const shown: string[] = [];
  mapTexts(findings as unknown as Json, (text) => (shown.push(text), text));
  const prepare = context.evidence.prepare ?? prepareEvidence;
  const prepared = await prepare({
    items,
    ...(content === undefined ? {} : { content: contentOf(content, keepComments) }),
    unshown: bundles.flatMap((bundle) => bundle.unshown),
    shown,
    secrets: [
      ...context.secretValues(),
      ...bundles.flatMap((bundle) => bundle.secrets.values()),
      ...objectSecrets(objects),
    ],
    names: anonymize ? [...bundles.flatMap((bundle) => bundle.names), ...namesOf(objects)] : [],
    key: context.evidence.key,
    maxBytes: numberParam(params, 'maxBytes') ?? 65_536,
    maxTokens: numberParam(params, 'maxTokens') ?? 16_000,
    keepComments,
  });
  const texts = new Map(shown.map((text, index) => [text, prepared.shown[index] ?? '']));
  return {
    kind: 'ok',
    result: {
      ...resultOf(prepared, context.now()),
      findings: mapTexts(findings as unknown as Json, (text) => texts.get(text) ?? ''),
      isEmpty: items.every(({ kind }) => kind === 'note'),
    },
  };
}

function resultOf(prepared: PreparedEvidence, nowMs: number): JsonObject {
  const collectedAt = new Date(nowMs).toISOString();
  const { shown: _shown, items, suspicion, restore, before, ...rest } = prepared;
  return {
    ...rest,
    items: items.map((item) => ({ ...item, collectedAt })),
    notes: items.filter(({ kind }) => kind === 'note').map(({ text }) => linesOf(text)),
    suspicion: suspicion.map((each) => ({ ...each })),
    restore: { ...restore },
    before: { ...before },
  };
}

/** One for each target. Logs are read where the cluster has any. */
async function bundlesOf(
  params: JsonObject,
  keepComments: boolean,
  context: OpContext,
): Promise<readonly EvidenceBundle[]> {
  const { target } = params;
  if (target === undefined) return [];
  const name = textParam(params, 'cluster', '');
  const cluster = await context.cluster(name);
  const targets = (Array.isArray(target) ? (target as readonly Json[]) : [target]).filter(isObject);
  const collected = targets.map((each) => {
    addSecretsOf(each, context);
    return collectEvidence(targetOf(each, name, context.run.namespace), [cluster], {
      nowMs: context.now(),
      withoutFreeText: !keepComments,
      ...logsOf(cluster),
    });
  });
  return Promise.all(collected);
}

/** Enough for the lines round a failure; a container may write gigabytes. */
const logLimits = { maxLines: 2000, maxBytes: 512 * 1024 };

function logsOf(cluster: Cluster): { readonly logs?: ReadLog } {
  if (cluster.podLog === undefined) return {};
  return {
    logs: async (pod, container, previous) =>
      (await cluster.podLog?.(pod, { container, previous, ...logLimits })) ?? '',
  };
}

/** A manifest, in the run's namespace if it names none; or a reference. */
function targetOf(target: JsonObject, cluster: string, namespace: string): KubeObject | ObjectRef {
  if (!isObject(target['metadata'])) {
    const metadata = {
      name: target['name'] ?? '',
      ...(target['namespace'] === undefined ? {} : { namespace: target['namespace'] }),
    };
    return refOf({ ...target, metadata }, cluster, namespace);
  }
  const { namespace: own } = refOf(target, cluster, namespace);
  const metadata = own === undefined ? target['metadata'] : { ...target['metadata'], namespace: own };
  return { ...target, metadata } as unknown as KubeObject;
}

function addSecretsOf(object: JsonObject | KubeObject, context: OpContext): void {
  addSecretValues(object as JsonObject, (secret) => context.addSecret(secret));
}

function contentOf(content: Json, keepComments: boolean): GivenContent {
  const raw = typeof content === 'string' ? content : stringifyJson(content);
  return { text: contentText(content, keepComments), raw };
}

/** Without the heading and the marks of lines. */
function linesOf(block: string): string {
  return block
    .split('\n')
    .slice(1)
    .map((line) => line.slice(2))
    .join('\n')
    .trimEnd();
}
