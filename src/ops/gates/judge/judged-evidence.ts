import { isObject, type Json, type JsonObject } from '../../../api/json.ts';
import type { EvidenceItem, ItemKind } from '../../../evidence/item.ts';
import { findSteering } from '../../../evidence/steering.ts';
import { digestOf } from '../../../gate/digest.ts';
import type { JudgedItem } from '../../../gate/judge/judge-prompt.ts';
import type { Suspicion, VerdictEvidence } from '../../../gate/verdict.ts';

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

/** Reads the result of the op `evidence`. `mask` goes over every text once more, for secrets that were met since. */
export function readEvidence(result: JsonObject, mask: (text: string) => string): JudgedEvidence {
  const given = objects(result['items']).filter(({ kind }) => kind !== 'note');
  const items = given.map((item): JudgedItem => {
    const body = mask(bodyOf(textOf(item['text'])));
    const [kind, ref] = [textOf(item['kind']), mask(textOf(item['ref']))];
    const steering = steeringParts({ kind: kind as ItemKind, ref, text: body });
    return { kind, ref, text: body, truncated: item['truncated'] !== false, steering };
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
    facts: given.map(factsOf),
    suspicion: objects(result['suspicion']).map((each) => ({
      evidenceRef: mask(textOf(each['evidenceRef'])),
      pattern: textOf(each['pattern']),
      offset: Number(each['offset']),
    })),
    digest: digestOf(all.map(({ kind, ref, text, truncated }) => ({ kind, ref, text, truncated }))),
    thin: thinness(result, items),
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
  const signs = items.reduce((sum, { text }) => sum + (text.match(/[\p{L}\p{N}]/gu)?.length ?? 0), 0);
  const notes = texts(result['notes']);
  const why = notes.length === 0 ? '' : `: ${notes.slice(0, 3).join('; ')}`;
  if (result['isEmpty'] === true || items.length === 0) return `there is no evidence to judge${why}`;
  return signs < leastSigns
    ? `the evidence has ${signs} letters and digits, too few to judge${why}`
    : undefined;
}

const mostParts = 100;

/** Every line that tries to steer; the whole text where there are too many to name. */
function steeringParts(item: EvidenceItem): readonly string[] {
  const parts: string[] = [];
  let { text } = item;
  for (let round = 0; round < mostParts; round += 1) {
    const found = findSteering([{ ...item, text }]);
    if (found.length === 0) return parts;
    const offset = Math.min(...found.map((each) => each.offset));
    const at = text[offset] === '\n' ? offset + 1 : text.lastIndexOf('\n', offset) + 1;
    const lineEnd = text.indexOf('\n', at);
    const end = lineEnd < 0 ? text.length : lineEnd;
    parts.push(text.slice(at, end));
    text = `${text.slice(0, at)}${text.slice(end + 1)}`;
  }
  return [item.text];
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
