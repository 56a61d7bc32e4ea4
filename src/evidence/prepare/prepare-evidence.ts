import { SecretMask } from '../../api/secret-mask.ts';
import { digestOfText } from '../../gate/digest.ts';
import { byteLength, cutText } from '../cut-text.ts';
import { estimateTokens } from '../estimate-tokens.ts';
import { fitEvidence, type FittedItem } from '../fit.ts';
import type { EvidenceItem, ItemKind } from '../item.ts';
import { maskItems } from '../mask-bundle.ts';
import { Masker, maskingNotice } from '../masking/masker.ts';
import type { ObjectName } from '../masking/object-names.ts';
import { findSteering, type Steering } from '../steering.ts';
import { stripComments } from '../strip-comments.ts';

/** Plain data: it goes to another thread and comes back from it. */
export interface EvidenceInput {
  /** References differ. */
  readonly items: readonly EvidenceItem[];
  /** What a step hands over itself; it comes before the items when room is short. */
  readonly content?: GivenContent;
  /** Texts that are not sent, and looked through for what steers all the same. */
  readonly unshown: readonly EvidenceItem[];
  /** Texts that are shown to people, not sent: they lose secrets alone. */
  readonly shown: readonly string[];
  /** Known by value. */
  readonly secrets: readonly string[];
  /** What is replaced beside secrets and addresses. */
  readonly names: readonly ObjectName[];
  readonly key: string;
  readonly maxBytes: number;
  readonly maxTokens: number;
  readonly keepComments: boolean;
}

export interface GivenContent {
  readonly text: string;
  /** Before it was trimmed. */
  readonly raw: string;
}

export interface PreparedItem {
  readonly ref: string;
  readonly kind: ItemKind;
  /** With its heading, as it stands in the whole text. */
  readonly text: string;
  /** Of `text`: `sha256:` and 64 hex digits. */
  readonly digest: string;
  readonly bytes: number;
  readonly truncated: boolean;
  readonly masked: boolean;
}

export interface PreparedEvidence {
  readonly text: string;
  readonly content?: string;
  /** Present with content. */
  readonly contentTruncated?: boolean;
  readonly shown: readonly string[];
  readonly items: readonly PreparedItem[];
  readonly leftOut: readonly string[];
  /** Of text and content. */
  readonly bytes: number;
  readonly tokens: number;
  /** The same, before anything was trimmed. */
  readonly before: { readonly bytes: number; readonly tokens: number };
  /** For the model; '' when nothing was masked. */
  readonly notice: string;
  /** Offsets are those in the texts as they were handed over. */
  readonly suspicion: readonly Omit<Steering, 'quote'>[];
  /** Addresses, hosts and names by their placeholders; never a secret. */
  readonly restore: Readonly<Record<string, string>>;
}

/** What may go to a model: without comments, masked, looked through for text that steers, and cut to the budget. */
export function prepareEvidence(input: EvidenceInput): PreparedEvidence {
  const secrets = new SecretMask();
  for (const value of input.secrets) secrets.add(value);
  const masker = new Masker({ key: input.key, secrets: [secrets], names: input.names });
  const plain = input.keepComments ? input.items : input.items.map(withoutComments);
  const text = input.content?.text;
  for (const each of [...input.shown, ...(text === undefined ? [] : [text])]) masker.learn(each);
  const masked = maskItems(plain, masker);
  const content = text === undefined ? undefined : masker.mask(text);
  // In what was there, not in what is left of it: comments are stripped, and a mask may cover half of an order.
  const suspicion = findSteering([...input.items, ...input.unshown, ...rawContent(input.content)]).map(
    ({ evidenceRef, pattern, offset }) => ({ evidenceRef: masker.mask(evidenceRef), pattern, offset }),
  );
  const given = content === undefined ? undefined : fitText(content, input);
  const fitted = fitEvidence(
    { items: masked },
    {
      maxBytes: input.maxBytes - (given?.bytes ?? 0),
      maxTokens: input.maxTokens - (given?.tokens ?? 0),
    },
  );
  const changed = new Set(
    masked.filter((item, index) => item.text !== plain[index]?.text).map(({ ref }) => ref),
  );
  const isMasked =
    changed.size > 0 || content !== text || masked.some(({ ref }, index) => ref !== plain[index]?.ref);
  return {
    text: fitted.text,
    ...(given === undefined ? {} : { content: given.text, contentTruncated: given.cut }),
    shown: input.shown.map((each) => masker.unmask(masker.mask(each))),
    items: fitted.items.map((item) => preparedItem(item, changed.has(item.ref))),
    leftOut: fitted.leftOut,
    bytes: fitted.bytes + (given?.bytes ?? 0),
    tokens: fitted.tokens + (given?.tokens ?? 0),
    before: sizeOf([...input.items.map((item) => item.text), input.content?.raw ?? '']),
    notice: isMasked ? maskingNotice : '',
    suspicion,
    restore: Object.fromEntries(masker.restorable()),
  };
}

function rawContent(content: GivenContent | undefined): readonly EvidenceItem[] {
  return content === undefined ? [] : [{ kind: 'text', ref: 'content', text: content.raw }];
}

function preparedItem({ ref, kind, text, truncated }: FittedItem, masked: boolean): PreparedItem {
  return { ref, kind, text, digest: digestOfText(text), bytes: byteLength(text), truncated, masked };
}

function sizeOf(texts: readonly string[]): PreparedEvidence['before'] {
  const sum = (count: (text: string) => number): number =>
    texts.reduce((total, text) => total + count(text), 0);
  return { bytes: sum(byteLength), tokens: sum(estimateTokens) };
}

/** Documents that somebody handed over; what the cluster says of itself has no comments. */
function withoutComments(item: EvidenceItem): EvidenceItem {
  return item.kind === 'text' ? { ...item, text: stripComments(item.text) } : item;
}

interface FittedText {
  readonly text: string;
  readonly cut: boolean;
  readonly bytes: number;
  readonly tokens: number;
}

/** Most of the room goes to the beginning, which says what it is. */
const headShare = 0.7;

function fitText(text: string, { maxBytes, maxTokens }: EvidenceInput): FittedText {
  let room = Math.max(0, maxBytes);
  for (;;) {
    const { text: part, cut } = cutText(text, room, headShare);
    const [bytes, tokens] = [byteLength(part), estimateTokens(part)];
    if (tokens <= maxTokens || part === '') return { text: part, cut, bytes, tokens };
    room = Math.min(Math.floor(bytes * (maxTokens / tokens) * 0.98), bytes - 1);
  }
}
