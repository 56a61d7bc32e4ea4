import type { Finding } from '../analyze/finding.ts';
import type { Headings } from './headings.ts';
import type { Judgement } from './judgement.ts';
import { commandWord } from '../analyze/command-word.ts';
import { progressOf } from '../analyze/diagnosis/rollout-progress.ts';
import { describeObject, nameOf } from '../analyze/object-name.ts';
import { quoteText } from '../analyze/quote-text.ts';

const shownCauses = 5;
const shownWeaknesses = 6;

/** Root cause, evidence, fix, what follows; short, in the order in which someone on call reads it. */
export function diagnosisText(judgement: Judgement, headings: Headings): string {
  const { diagnosis, state } = judgement;
  const head = `${headings.diagnosisOf} ${describeObject(state.object)} (${seenWhere(judgement, headings)})`;
  const body =
    diagnosis.causes.length === 0 ? soundText(judgement, headings) : causesText(judgement, headings);
  return [head, ...judgement.notes, ...body, ...section(headings.notChecked, diagnosis.notChecked)].join(
    '\n\n',
  );
}

export function seenWhere(judgement: Judgement, headings: Headings): string {
  const { cluster } = judgement.state;
  if (cluster === undefined) return headings.alone;
  const name = cluster.name === '' ? '' : ` "${quoteText(cluster.name, 100)}"`;
  return `${headings.live}, ${cluster.kind === 'memory' ? headings.memoryCluster : headings.cluster}${name}`;
}

function causesText(judgement: Judgement, headings: Headings): readonly string[] {
  const { causes, consequences } = judgement.diagnosis;
  const shown = causes.slice(0, shownCauses);
  const more = causes.length - shown.length;
  return [
    ...shown.flatMap((cause, index) =>
      causeText(cause, judgement, headings, causes.length > 1 ? index + 1 : undefined),
    ),
    ...(more > 0
      ? [
          `… ${more} more: ${causes
            .slice(shownCauses)
            .map((cause) => cause.id)
            .join(', ')}`,
        ]
      : []),
    ...section(
      headings.follows,
      consequences.map((finding) => finding.text),
    ),
  ];
}

function causeText(
  cause: Finding,
  judgement: Judgement,
  headings: Headings,
  number: number | undefined,
): readonly string[] {
  const isMoving = judgement.diagnosis.health === 'progressing';
  const only = isMoving ? headings.stillMoving : headings.rootCause;
  const title = number === undefined ? only : `${headings.cause} ${number}`;
  return [
    `${title} (${cause.id}, ${cause.severity})\n${cause.text}`,
    ...section(
      headings.evidence,
      cause.evidence.map((each) => `${each.source}: ${each.text}`),
    ),
    `${headings.fix}\n- ${cause.fix}`,
    ...section(headings.commands, commandsFor(cause, judgement)),
  ];
}

/** kubectl does not reach an in-memory cluster; `sluice cluster` shows what it holds. */
function commandsFor(cause: Finding, judgement: Judgement): readonly string[] {
  const { cluster, object } = judgement.state;
  if (cluster?.kind !== 'memory') return cause.commands ?? [];
  const flags = [
    ...(cause.object.namespace === undefined ? [] : [`-n ${commandWord(cause.object.namespace)}`]),
    ...(cluster.name === '' ? [] : [`--cluster ${commandWord(cluster.name)}`]),
  ];
  return [
    `sluice cluster describe ${commandWord(object.kind.toLowerCase())} ${commandWord(nameOf(object))} ${flags.join(' ')}`.trim(),
  ];
}

function soundText(judgement: Judgement, headings: Headings): readonly string[] {
  const { audit, diagnosis, state } = judgement;
  const progress = progressOf(state.object);
  const count =
    progress === undefined ? '' : ` ${progress.available} of ${progress.wanted} replicas are available.`;
  const verdict = diagnosis.health === 'healthy' ? headings.nothingWrong : headings.nothingKnown;
  const weak =
    audit.kind === 'audited' ? audit.findings.filter((finding) => finding.severity !== 'info') : [];
  const ids = [...new Set(weak.map((finding) => finding.id))];
  const more = ids.length > shownWeaknesses ? `, … (${ids.length})` : '';
  return [
    `${verdict}${count}`,
    ...(ids.length === 0
      ? []
      : [`${headings.weaknesses}: ${ids.slice(0, shownWeaknesses).join(', ')}${more}.`]),
  ];
}

function section(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`${heading}\n${lines.map((line) => `- ${line}`).join('\n')}`];
}
