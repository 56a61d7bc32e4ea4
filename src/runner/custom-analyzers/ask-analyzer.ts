import { isSluiceError } from '../../api/errors.ts';
import { stringifyJson, type Json, type JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { SecretMask } from '../../api/secret-mask.ts';
import type { ClusterFinding } from '../../analyze/cluster/analyze-cluster.ts';
import { identityKey, identityOf } from '../../analyze/finding-identity.ts';
import type { Severity } from '../../analyze/finding.ts';
import { objectAt, objectsAt, textAt } from '../../analyze/json-fields.ts';
import { refOf } from '../../analyze/object-name.ts';
import { quoteText } from '../../analyze/quote-text.ts';
import { objectSecrets } from '../../evidence/object-secrets.ts';
import { secretsHidden } from '../../evidence/show-texts.ts';
import { trimObject } from '../../evidence/trim-object.ts';
import { readStrictJson } from '../../gate/strict-json.ts';
import type { HttpClient } from '../../net/http-client.ts';
import { mapTexts } from '../../ops/map-texts.ts';
import { compileCheck } from '../../step-types/schema/parameter-check.ts';
import { answerSchema, protocolVersion } from './analyzer-protocol.ts';
import { idOf, type HttpAnalyzer } from './custom-analyzer.ts';
import type { Judged } from './judged.ts';

export interface AskParts {
  readonly cluster: string;
  readonly http: HttpClient;
  readonly signal: AbortSignal;
}

/** Of a request and of an answer, in bytes. */
const largestRequest = 16 * 1024 * 1024;
const largestAnswer = 4 * 1024 * 1024;
const deepestAnswer = 20;

/** An analyzer that fails in any way has checked nothing: no part of a broken answer is used. */
export async function askAnalyzer(
  analyzer: HttpAnalyzer,
  objects: readonly KubeObject[],
  parts: AskParts,
): Promise<Judged> {
  const { host } = new URL(analyzer.url);
  const failed = (
    text: string,
    reason: 'Failed' | 'Forbidden' | 'TimedOut' | 'LeftOut' = 'Failed',
  ): Judged => {
    const gap = { verb: 'ask', resource: host, reason, text: quoteText(text, 300) } as const;
    return { findings: [], gaps: [{ ...gap, objects: objects.length }] };
  };
  const body = requestBody(analyzer, objects);
  if (Buffer.byteLength(body) > largestRequest)
    return failed('the objects are more than 16 MiB: choose fewer, or more than one analyzer', 'LeftOut');
  try {
    const answer = await parts.http.send({
      method: 'POST',
      url: analyzer.url,
      headers: { ...analyzer.headers, 'content-type': 'application/json', accept: 'application/json' },
      body,
      timeoutMs: analyzer.timeoutMs,
      limitBytes: largestAnswer,
      signal: parts.signal,
      maxRedirects: 0,
    });
    if (answer.statusCode !== 200) return failed(`it answered ${answer.statusCode}, not 200`);
    const read = await findingsOf(analyzer, answer.body, objects, parts.cluster);
    return typeof read === 'string' ? failed(read) : { findings: read, gaps: [] };
  } catch (error) {
    if (!isSluiceError(error) || error.kind === 'bug') throw error;
    if (error.kind === 'denied') return failed(error.message, 'Forbidden');
    return failed(error.message, error.code === 'Timeout' ? 'TimedOut' : 'Failed');
  }
}

/** Without bookkeeping, what Secrets hold, and whatever objects call a secret or shows itself as one; names stay. */
function requestBody({ name }: HttpAnalyzer, objects: readonly KubeObject[]): string {
  const mask = new SecretMask();
  for (const value of objectSecrets(objects)) mask.add(value);
  const trimmed = objects.map(trimObject);
  const hide = secretsHidden(
    trimmed.map((object) => stringifyJson(object)),
    [mask],
  );
  const sent = trimmed.map((object) => withoutSecrets(object, hide));
  return stringifyJson({ version: protocolVersion, analyzer: name, objects: sent });
}

/** The answer names objects by these fields. */
function withoutSecrets(object: JsonObject, hide: (text: string) => string): JsonObject {
  const { name = '', namespace } = objectAt(object, 'metadata');
  const hidden = mapTexts(object, hide);
  const place = namespace === undefined ? { name } : { name, namespace };
  const { apiVersion = '', kind = '' } = object;
  return {
    ...(hidden as JsonObject),
    apiVersion,
    kind,
    metadata: { ...objectAt(hidden, 'metadata'), ...place },
  };
}

/** The findings, or what is wrong with the answer; nothing of its text is in that. */
async function findingsOf(
  analyzer: HttpAnalyzer,
  body: string,
  objects: readonly KubeObject[],
  cluster: string,
): Promise<readonly ClusterFinding[] | string> {
  const read = readStrictJson(body, { maxBytes: largestAnswer, maxDepth: deepestAnswer });
  if (!read.ok) return `its answer is no JSON that counts: ${read.message}`;
  const answer = read.value;
  const check = await compileCheck(answerSchema, 'the answer of an analyzer');
  const checked = check(answer);
  if (!checked.ok) {
    const [first] = checked.faults;
    return `its answer is not as it must be: ${first?.message.replace(/^parameter /, '') ?? ''}`;
  }
  const byName = new Map(objects.map((object) => [keyOf(object.kind, object.metadata), object]));
  const seen = new Set<string>();
  const findings: ClusterFinding[] = [];
  for (const [index, found] of objectsAt(answer, 'findings').entries()) {
    const about = objectAt(found, 'object');
    const namespace = textAt(about, 'namespace');
    const place = { name: textAt(about, 'name'), ...(namespace === '' ? {} : { namespace }) };
    const object = byName.get(keyOf(textAt(about, 'kind'), place));
    if (object === undefined) return `findings[${index}] is about an object that was not sent`;
    const finding = findingOf(analyzer, found, object, cluster);
    const key = identityKey(identityOf(finding));
    if (seen.has(key)) return `findings[${index}] is the same as an earlier one: give them reasons or fields`;
    seen.add(key);
    findings.push(finding);
  }
  return findings;
}

function keyOf(kind: string, { namespace, name }: { namespace?: string; name?: string }): string {
  return JSON.stringify([kind, namespace ?? '', name ?? '']);
}

function findingOf(analyzer: HttpAnalyzer, found: Json, object: KubeObject, cluster: string): ClusterFinding {
  const [reason, fieldPath, container] = ['reason', 'fieldPath', 'container'].map((name) =>
    quoteText(textAt(found, name), 500),
  );
  const text = quoteText(textAt(found, 'text'), 1000);
  return {
    id: reason === '' ? idOf(analyzer) : `${idOf(analyzer)}/${reason}`,
    analyzer: idOf(analyzer),
    severity: textAt(found, 'severity') as Severity,
    category: 'correctness',
    object: refOf(object, cluster),
    ...(fieldPath === '' || fieldPath === undefined ? {} : { fieldPath }),
    ...(container === '' || container === undefined ? {} : { container }),
    text,
    fix: quoteText(textAt(found, 'fix'), 1000),
    evidence: [],
    k8sgpt: { text, kind: object.kind },
  };
}
