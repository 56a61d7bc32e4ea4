import type { ExemptionResult } from '../../analyze/exemptions/apply-exemptions.ts';
import type { Exemption } from '../../analyze/exemptions/exemption.ts';
import type { Finding } from '../../analyze/finding.ts';
import { counted } from '../render/fault-text.ts';
import type { Selection } from './accepted.ts';

/** What exemptions and the baseline did, a line each; none where neither was given. */
export function acceptedLines({ exemptions, baseline }: Omit<Selection, 'shown'>): readonly string[] {
  const lines: string[] = [];
  if (exemptions !== undefined) {
    lines.push(`${counted(exemptions.exempted.length, 'problem') || 'no problem'} exempted`);
    lines.push(...idleExemptionLines(exemptions, 'problem'));
  }
  if (baseline !== undefined) {
    const { known, gone } = baseline;
    lines.push(`${counted(known, 'problem') || 'no problem'} known from the baseline, ${gone.length} gone`);
  }
  return lines;
}

/** Exemptions whose time is over, and those that cover nothing: a line each. */
export function idleExemptionLines(
  { expired, unused }: Pick<ExemptionResult<Finding>, 'expired' | 'unused'>,
  noun: string,
): readonly string[] {
  return [
    ...expired.map(({ exemption, findings }) => {
      const would = findings === 0 ? '' : `: ${counted(findings, noun)} it covered`;
      return `${named(exemption)} has expired (${exemption.expires})${would}`;
    }),
    ...unused.map((exemption) => `${named(exemption)} covers nothing here`),
  ];
}

function named({ rule, place }: Exemption): string {
  return `exemption of ${rule} at ${place}`;
}
