import { isObject, parseJson, type Json, type JsonObject } from '../../../api/json.ts';
import { canonicalJson } from '../../../evidence/canonical-json.ts';
import type { ItemKind } from '../../../evidence/item.ts';
import { digestOf, digestOfText } from '../../../gate/digest.ts';
import type { JudgedItem } from '../../../gate/judge/judge-prompt.ts';
import type { Suspicion, VerdictEvidence } from '../../../gate/verdict.ts';
import { steeringParts } from './steering-parts.ts';

/** The evidence as a judge sees it and as a verdict names it. */
export interface JudgedEvidence {
  readonly items: readonly JudgedItem[];
  readonly facts: readonly VerdictEvidence[];
  readonly suspicion: readonly Suspicion[];
  /** Of what is shown; not of when it was collected. */
  readonly digest: string;
  /** Why it is too little to ask anybody about; undefined where it is enough. */
  readonly thin: string | undefined;
}

/** Less than this is what fillers are made of. */
const leastSigns = 24;
const enoughSigns = new RegExp(String.raw`(?:[^\p{L}\p{N}]*[\p{L}\p{N}]){${leastSigns}}`, 'u');

/**
 * Reads the result of the op `evidence`; its `content` is the subject. What is live under a subject's name may be another
 * version: the manifests that a verdict is about are always among what is shown. `mask` goes over every text once more, for
 * secrets that were met since. `namespace` is the run's.
 */
export function readEvidence(
  result: JsonObject,
  namespace: string,
  mask: (text: string) => string,
): JudgedEvidence {
  const given = objects(result['items']).filter(({ kind }) => kind !== 'note');
  const refs = new Set(given.map(({ ref }) => textOf(ref)));
  const subject = subjectItems(result, namespace, refs);
  const items = [
    ...subject,
    ...given.map((item) => ({
      kind: textOf(item['kind']),
      ref: textOf(item['ref']),
      text: bodyOf(textOf(item['text'])),
      truncated: item['truncated'] !== false,
    })),
  ].map((item): JudgedItem => {
    const [ref, text] = [mask(item.ref), mask(item.text)];
    const steering = steeringParts({ kind: item.kind as ItemKind, ref, text });
    return { ...item, ref, text, steering };
  });
  // What had no room at all is evidence that was cut.
  const leftOut = texts(result['leftOut']).map((ref): JudgedItem => ({
    kind: 'note',
    ref: mask(ref),
    text: '',
    truncated: true,
  }));
  const all = [...items, ...leftOut];
  return {
    items: all,
    facts: [...subject.map(subjectFacts), ...given.map(factsOf)],
    suspicion: objects(result['suspicion']).map((each) => ({
      evidenceRef:
        each['evidenceRef'] === 'content'
          ? (subject[0]?.ref ?? 'subject')
          : mask(textOf(each['evidenceRef'])),
      pattern: textOf(each['pattern']),
      offset: Number(each['offset']),
    })),
    digest: digestOf(all.map(({ kind, ref, text, truncated }) => ({ kind, ref, text, truncated }))),
    thin: thinness(result, items),
  };
}

/** The manifests of the subject, a field a line. Names and digests show nothing. */
function subjectItems(
  result: JsonObject,
  namespace: string,
  others: ReadonlySet<string>,
): readonly JudgedItem[] {
  const content = textOf(result['content']);
  const truncated = result['contentTruncated'] !== false;
  const value = parsed(content);
  const manifests = (Array.isArray(value) ? (value as readonly Json[]) : [value]).filter(isManifest);
  if (manifests.length === 0)
    return truncated && /^\s*[[{]/.test(content)
      ? [{ kind: 'object', ref: 'subject', text: content, truncated }]
      : [];
  const taken = new Set(others);
  // Named as the objects of the cluster are: nothing is to tell it from an anchor.
  return manifests.map((manifest) => {
    const ref = freeRef(refOf(manifest, namespace), taken);
    taken.add(ref);
    return { kind: 'object', ref, text: canonicalJson(manifest), truncated };
  });
}

function freeRef(ref: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? ref : `${ref} (${number})`;
    if (!taken.has(candidate)) return candidate;
  }
}

function refOf({ kind, metadata }: JsonObject, namespace: string): string {
  const { name, namespace: own } = isObject(metadata) ? metadata : {};
  return `${textOf(kind)} ${textOf(own) || namespace}/${textOf(name)}`;
}

function parsed(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

function isManifest(value: Json | undefined): value is JsonObject {
  return isObject(value) && isObject(value['metadata']);
}

function subjectFacts({ ref, text, truncated }: JudgedItem): VerdictEvidence {
  const bytes = new TextEncoder().encode(text).length;
  return {
    ref,
    kind: 'object',
    digest: digestOfText(text),
    bytes,
    truncated,
    masked: true,
    collectedAt: null,
  };
}

/** The piece without its heading and the bars before its lines: the prompt writes its own. */
function bodyOf(block: string): string {
  const lines = block.split('\n');
  const rest = lines[0]?.startsWith('## ') === true ? lines.slice(1) : lines;
  return rest
    .map((line) => (line.startsWith('| ') ? line.slice(2) : line))
    .join('\n')
    .trimEnd();
}

function thinness(result: JsonObject, items: readonly JudgedItem[]): string | undefined {
  const isEnough = items.some(({ text }) => enoughSigns.test(text));
  const signs = isEnough ? leastSigns : items.reduce((sum, { text }) => sum + countSigns(text), 0);
  const notes = texts(result['notes']);
  const why = notes.length === 0 ? '' : `: ${notes.slice(0, 3).join('; ')}`;
  if (items.length === 0) return `there is no evidence to judge${why}`;
  return signs < leastSigns
    ? `the evidence has ${signs} letters and digits, too few to judge${why}`
    : undefined;
}

function countSigns(text: string): number {
  return text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
}

function factsOf(item: JsonObject): VerdictEvidence {
  const collectedAt = item['collectedAt'];
  return {
    ref: textOf(item['ref']),
    kind: textOf(item['kind']),
    digest: textOf(item['digest']),
    bytes: Number(item['bytes']),
    truncated: item['truncated'] !== false,
    masked: item['masked'] === true,
    collectedAt: typeof collectedAt === 'string' ? collectedAt : null,
  };
}

function objects(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter(isObject) : [];
}

function texts(value: Json | undefined): readonly string[] {
  return Array.isArray(value)
    ? (value as readonly Json[]).filter((each): each is string => typeof each === 'string')
    : [];
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
