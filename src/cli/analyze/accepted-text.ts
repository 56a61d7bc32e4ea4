import type { Exemption } from '../../analyze/exemptions/exemption.ts';
import { counted } from '../render/fault-text.ts';
import type { Selection } from './accepted.ts';

/** What exemptions and the baseline did, a line each; none where neither was given. */
export function acceptedLines({ exemptions, baseline }: Omit<Selection, 'shown'>): readonly string[] {
  const lines: string[] = [];
  if (exemptions !== undefined) {
    const { exempted, expired, unused } = exemptions;
    lines.push(`${counted(exempted.length, 'problem') || 'no problem'} exempted`);
    for (const { exemption, findings } of expired) {
      const would = findings === 0 ? '' : `: ${counted(findings, 'problem')} it covered`;
      lines.push(`${named(exemption)} has expired (${exemption.expires})${would}`);
    }
    for (const exemption of unused) lines.push(`${named(exemption)} covers nothing here`);
  }
  if (baseline !== undefined) {
    const { known, gone } = baseline;
    lines.push(`${counted(known, 'problem') || 'no problem'} known from the baseline, ${gone.length} gone`);
  }
  return lines;
}

function named({ rule, place }: Exemption): string {
  return `exemption of ${rule} at ${place}`;
}
