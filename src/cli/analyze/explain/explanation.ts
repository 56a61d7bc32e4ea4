import type { Incident } from '../../../analyze/incident/incident.ts';
import type { EvidenceAnswer, EvidenceQuestion } from '../../../runner/ask/asker.ts';
import { findingName } from '../finding-text.ts';
import { repeated } from '../incident-text.ts';

/** What is said of an incident beside its findings. */
export interface Explanation {
  readonly text: string;
  /** Who said it; absent: rules, without a model. */
  readonly model?: { readonly model: string; readonly server: string };
  /** Why no model said it. */
  readonly whyNot?: { readonly reason: string; readonly text: string; readonly hint?: string };
  /** Texts in the evidence that try to steer who reads it: what the model says may be what they want. */
  readonly suspicion?: readonly { readonly evidenceRef: string; readonly pattern: string }[];
  /** Names in the findings by what was sent in their places. */
  readonly replaced: Readonly<Record<string, string>>;
}

/** By incident of the report; empty without `--explain`. */
export type Explanations = ReadonlyMap<Incident, Explanation>;

/** An answer about the same evidence is as good a week later. In ms. */
export const keptForMs: number = 7 * 24 * 3_600_000;

/** What a model said, or what rules say where none did, and why. */
export function explanationOf(answer: EvidenceAnswer, byRules: string): Explanation {
  const { replaced } = answer;
  if (answer.kind === 'unavailable') {
    const { reason, text, hint } = answer;
    const whyNot = { reason, text, ...(hint === undefined ? {} : { hint }) };
    return { text: byRules, whyNot, replaced };
  }
  const { text, model, server } = answer;
  const told = { text: text.trim(), model: { model, server }, replaced };
  const suspicion = answer.suspicion.map(({ evidenceRef, pattern }) => ({ evidenceRef, pattern }));
  return suspicion.length === 0 ? told : { ...told, suspicion };
}

/** Whom the user's flags name; a model that is no name is any. */
export function wishOf(flags: {
  readonly model?: boolean | string;
  readonly server?: string;
}): NonNullable<EvidenceQuestion['wish']> {
  const { model, server } = flags;
  return {
    ...(typeof model === 'string' ? { model } : {}),
    ...(server === undefined ? {} : { server }),
  };
}

const mostNames = 5;

/** The paragraph that stands where no model explains: what is the cause, what it brings with it, and where to look. */
export function explanationByRules({ root, consequences }: Incident): string {
  const groups = repeated(consequences).flatMap(([first, ...others]) =>
    first === undefined
      ? []
      : [
          `${first.finding.id} of ${findingName(first.finding)}${others.length === 0 ? '' : ` and ${others.length} more`}`,
        ],
  );
  const more = groups.length > mostNames ? ` and ${groups.length - mostNames} more` : '';
  const follows =
    groups.length === 0
      ? 'Nothing else that was found follows from it.'
      : `From it follow, and go away with it: ${groups.slice(0, mostNames).join('; ')}${more}.`;
  const commands = root.commands ?? [];
  return [
    `${root.id} of ${findingName(root)} is where to begin.`,
    follows,
    root.fix,
    ...(commands.length === 0 ? [] : [`To look closer: ${commands.join('; ')}`]),
  ].join(' ');
}
