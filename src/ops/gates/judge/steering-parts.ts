import type { EvidenceItem } from '../../../evidence/item.ts';
import { findSteering } from '../../../evidence/steering.ts';

/** With more of them than this the whole text is one. */
const mostParts = 100;
/** What is steering only together stands on so many lines on either side. */
const nearLines = 3;

/** The lines of a text that try to steer who reads it; the whole text where they are too many to name. */
export function steeringParts(item: EvidenceItem): readonly string[] {
  const parts: string[] = [];
  addParts(item, item.text.split('\n'), parts);
  return parts.length > mostParts ? [item.text] : parts;
}

/** Halves what holds any until it is one line, so that a long text is read a few times and not once for each line. */
function addParts(item: EvidenceItem, lines: readonly string[], parts: string[]): void {
  if (parts.length > mostParts || findSteering([{ ...item, text: lines.join('\n') }]).length === 0) return;
  if (lines.length === 1) {
    parts.push(...lines);
    return;
  }
  const before = parts.length;
  const middle = Math.ceil(lines.length / 2);
  addParts(item, lines.slice(0, middle), parts);
  addParts(item, lines.slice(middle), parts);
  if (parts.length === before)
    parts.push(...lines.slice(Math.max(0, middle - nearLines), middle + nearLines));
}
