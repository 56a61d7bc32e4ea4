import type { EvidenceItem, ItemKind } from './item.ts';
import { byteLength, cutText } from './cut-text.ts';
import { estimateTokens } from './estimate-tokens.ts';
import { compareItems } from './item.ts';

export interface EvidenceBudget {
  /** Of the text in UTF-8. */
  readonly maxBytes: number;
  readonly maxTokens: number;
  /** The model's own count; without it one that over-estimates. */
  readonly countTokens?: (text: string) => number;
}

export interface FittedItem {
  readonly kind: ItemKind;
  readonly ref: string;
  readonly text: string;
  /** Not all of it is there. What is asked about it cannot be answered with certainty. */
  readonly truncated: boolean;
}

export interface FittedEvidence {
  /** Those that have room, in canonical order. */
  readonly items: readonly FittedItem[];
  /** `ref` of each item that had no room at all. */
  readonly leftOut: readonly string[];
  /** The items as one text: a heading each (`## log web`), every line of theirs behind `| `, so that none can pose as a heading. */
  readonly text: string;
  readonly bytes: number;
  readonly tokens: number;
}

/** Of the whole room, what items of a kind may take before the others have had their turn; what is left over goes round again. */
const shares: Readonly<Record<ItemKind, number>> = {
  note: 0.05,
  finding: 0.2,
  log: 0.2,
  containers: 0.1,
  events: 0.15,
  object: 0.2,
  metrics: 0.15,
  text: 0.15,
  change: 0.08,
  owner: 0.04,
};

/** The end of a log says what happened, the beginning of anything else what it is. */
const headShares: Partial<Readonly<Record<ItemKind, number>>> = { log: 0.25, text: 0.5, metrics: 0.5 };

/** An item with less room than this is left out. */
const leastBytes = 160;

/**
 * The part of the evidence that a budget allows, the same for the same input whatever the order of the items. Masking goes
 * before: a secret that was cut in half would not be recognised.
 */
export function fitEvidence(
  evidence: { readonly items: readonly EvidenceItem[] },
  budget: EvidenceBudget,
): FittedEvidence {
  const items = evidence.items.toSorted(compareItems);
  const blocks = items.map(blockOf);
  const sizes = blocks.map(byteLength);
  const count = budget.countTokens ?? estimateTokens;
  const fit = (bytes: number): FittedEvidence => fitBytes({ items, blocks, sizes }, bytes, count);
  let room = Math.max(0, Math.floor(budget.maxBytes));
  let fitted = fit(room);
  // Tokens per byte differ from part to part, so one step may not be enough.
  for (let step = 0; step < 40 && fitted.tokens > budget.maxTokens && room > 0; step += 1) {
    const wanted = Math.floor(Math.min(fitted.bytes, room) * (budget.maxTokens / fitted.tokens) * 0.98);
    room = Math.max(0, Math.min(wanted, room - 1));
    fitted = fit(room);
  }
  return fitted.tokens > budget.maxTokens ? fit(0) : fitted;
}

/** The items with their whole texts and bytes: made once, however many rooms are tried. */
interface Blocks {
  readonly items: readonly EvidenceItem[];
  readonly blocks: readonly string[];
  readonly sizes: readonly number[];
}

function fitBytes(
  { items, blocks, sizes }: Blocks,
  room: number,
  count: (text: string) => number,
): FittedEvidence {
  const allowed = allowances(items, sizes, room);
  const fitted: FittedItem[] = [];
  const texts: string[] = [];
  const leftOut: string[] = [];
  for (const [index, item] of items.entries()) {
    const limit = allowed[index] ?? 0;
    const block = blocks[index] ?? '';
    const head = block.slice(0, block.indexOf('\n') + 1);
    // The heading stays whole, or nobody would know what the rest is of.
    const part = cutText(block.slice(head.length), limit - byteLength(head), headShares[item.kind] ?? 0.7);
    if (part.text === '') leftOut.push(item.ref);
    else {
      fitted.push({ kind: item.kind, ref: item.ref, text: head + part.text, truncated: part.cut });
      texts.push(head + part.text);
    }
  }
  const notice = `[${leftOut.length} of ${items.length} items are left out for want of room]\n`;
  const text =
    texts.join('') +
    (leftOut.length > 0 && byteLength(notice) <= room - byteLength(texts.join('')) ? notice : '');
  return { items: fitted, leftOut, text, bytes: byteLength(text), tokens: text === '' ? 0 : count(text) };
}

/** A heading and the item's lines, each marked; whatever a program takes for a line end is one. */
function blockOf(item: EvidenceItem): string {
  const ref = item.ref.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
  const lines = item.text.split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/);
  return `## ${item.kind} ${ref}\n${lines.map((line) => `| ${line}\n`).join('')}`;
}

/** Bytes for each item: first its kind's share, then what is left, in order. */
function allowances(
  items: readonly EvidenceItem[],
  sizes: readonly number[],
  room: number,
): readonly number[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total <= room) return sizes;
  // Room for the notice about what is left out.
  let left = Math.max(0, room - noticeRoom);
  const allowed = items.map(() => 0);
  const used = new Map<ItemKind, number>();
  for (const round of ['share', 'rest'] as const) {
    for (const [index, item] of items.entries()) {
      const had = allowed[index] ?? 0;
      const ofKind =
        round === 'rest' ? left : Math.floor(room * shares[item.kind]) - (used.get(item.kind) ?? 0);
      const more = Math.min((sizes[index] ?? 0) - had, left, Math.max(0, ofKind));
      if (had + more < Math.min(leastBytes, sizes[index] ?? 0)) continue;
      allowed[index] = had + more;
      used.set(item.kind, (used.get(item.kind) ?? 0) + more);
      left -= more;
    }
  }
  return allowed;
}

const noticeRoom = 80;
