import type { Exemption } from '../../analyze/exemptions/exemption.ts';
import { describeRef } from '../../analyze/object-name.ts';
import { idleExemptionLines } from '../analyze/accepted-text.ts';
import { counted } from '../render/fault-text.ts';
import type { AuditReport } from './report.ts';

/** What was not judged, a line each: it may hold what nobody has seen. */
export function gapLines({ audited, images }: AuditReport): readonly string[] {
  const { notJudged, notCovered } = audited;
  const kinds = Map.groupBy(notCovered, ({ kind }) => kind);
  return [
    ...[...kinds].map(([kind, objects]) => (kind === '' ? noKind(objects.length) : noRule(kind, objects))),
    ...notJudged.map(({ kind, rules, verb, resource, reason, text }) => {
      if (reason === 'NotGiven')
        return `not judged: ${counted(rules.length, 'rule')} about objects together: ${text}`;
      const asked = rules.length === 0 ? [] : [`the rules ${rules.join(', ')}`];
      const what = [...(kind === undefined ? [] : [`the kind ${kind}`]), ...asked].join(', ');
      return `not judged: ${what}: cannot ${verb} ${resource} (${reason}): ${text}`;
    }),
    ...images.notScanned.map(({ image, because }) => `not judged: image ${image}: ${because}`),
  ];
}

/** What else a reader should know of how the audit was made. */
export function noteLines({ audited, exemptions, images }: AuditReport): readonly string[] {
  const { builtInRoles } = audited;
  return [
    ...(exemptions === undefined
      ? []
      : [...exemptedLines(exemptions), ...idleExemptionLines(exemptions, 'finding')]),
    ...(builtInRoles === 0
      ? []
      : [`${counted(builtInRoles, 'role')} that Kubernetes brings left out (kubernetes.io/bootstrapping)`]),
    ...(images.leftOut === undefined ? [] : leftOutTexts[images.leftOut]),
    ...(images.scanned.length === 0 ? [] : [`${counted(images.scanned.length, 'image')} scanned by Trivy`]),
  ];
}

const leftOutTexts: Readonly<Record<NonNullable<AuditReport['images']['leftOut']>, readonly string[]>> = {
  'no-images': [],
  'no-trivy': ['images were not scanned: trivy is not on PATH'],
  ci: ['images were not scanned: CI is set, and there --images has to ask for it'],
};

function noKind(count: number): string {
  return `not judged: ${counted(count, 'document')} without a kind, so no object of Kubernetes`;
}

const mostNames = 3;

function noRule(kind: string, objects: AuditReport['audited']['notCovered']): string {
  const names = objects.slice(0, mostNames).map(describeRef).join(', ');
  const more = objects.length - mostNames;
  return `not judged: ${names}${more > 0 ? ` and ${more} more` : ''}: no rule is about the kind ${kind}`;
}

/** By entry of the file. */
function exemptedLines({ exempted }: NonNullable<AuditReport['exemptions']>): readonly string[] {
  const entries = Map.groupBy(exempted, ({ exemption }) => exemption);
  return [...entries].map(([exemption, covered]) => {
    const { rule, expires, reason } = exemption;
    return `exempted until ${expires}: ${rule} (${counted(covered.length, 'finding')}): ${reason}${ownerText(exemption)}`;
  });
}

function ownerText({ owner }: Exemption): string {
  return owner === undefined ? '' : ` (${owner})`;
}
