const encoder = new TextEncoder();

/** Bytes of the UTF-8 text. */
export function byteLength(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

/** Where the two ends meet, the notice stands on a line of its own. */
const noticeBytes = 80;
/** A line end this near to the cut is preferred to the exact place. */
const slack = 200;

export interface CutText {
  readonly text: string;
  readonly cut: boolean;
}

/**
 * At most `maxBytes` of a text: its head and its tail with a visible notice between them. `headShare` of the room goes to
 * the head. Characters and placeholders are kept whole. Less room than a notice needs leaves nothing.
 */
export function cutText(text: string, maxBytes: number, headShare: number): CutText {
  const bytes = byteLength(text);
  if (bytes <= maxBytes) return { text, cut: false };
  const room = maxBytes - noticeBytes;
  if (room <= 0) return { text: '', cut: true };
  const head = headOf(text, Math.floor(room * headShare));
  const tail = tailOf(text, room - Math.floor(room * headShare));
  const left = bytes - byteLength(head) - byteLength(tail);
  return { text: `${head}\n[cut: ${left} of ${bytes} bytes are left out here]\n${tail}`, cut: true };
}

function headOf(text: string, maxBytes: number): string {
  let end = unitsWithin(text, maxBytes);
  const newline = text.lastIndexOf('\n', end - 1);
  if (newline > end - slack && newline > 0) end = newline;
  const bracket = placeholderAcross(text, end);
  return text.slice(0, bracket === undefined ? end : bracket[0]);
}

function tailOf(text: string, maxBytes: number): string {
  let start = text.length;
  let bytes = 0;
  while (start > 0) {
    const low = text.charCodeAt(start - 1);
    const high = text.charCodeAt(start - 2);
    const isPair = isLow(low) && isHigh(high);
    const width = isPair ? 4 : low < 0x80 ? 1 : low < 0x800 ? 2 : 3;
    if (bytes + width > maxBytes) break;
    bytes += width;
    start -= isPair ? 2 : 1;
  }
  const newline = text.indexOf('\n', start);
  if (newline >= 0 && newline < start + slack && newline + 1 < text.length) start = newline + 1;
  const bracket = placeholderAcross(text, start);
  return text.slice(bracket === undefined ? start : bracket[1]);
}

/** How many UTF-16 units of the text fit, whole characters only. */
function unitsWithin(text: string, maxBytes: number): number {
  return encoder.encodeInto(text.slice(0, maxBytes), new Uint8Array(Math.max(0, maxBytes))).read;
}

function isHigh(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function isLow(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}

const longestPlaceholder = 40;

/** A placeholder of the masking that the cut would go through. */
function placeholderAcross(text: string, index: number): readonly [number, number] | undefined {
  const from = Math.max(0, index - longestPlaceholder);
  const around = text.slice(from, index + longestPlaceholder);
  for (const match of around.matchAll(
    /<[a-z-]{2,12}:[0-9a-f]{6,24}>|(?:host|ns|workload|node)-[0-9a-f]{6,24}/g,
  )) {
    const start = from + match.index;
    if (start < index && index < start + match[0].length) return [start, start + match[0].length];
  }
  return undefined;
}
