import { uniqueRefs } from '../../evidence/item.ts';
import type { Investigated } from '../../runner/diagnose/investigate.ts';
import type { PromptPreview } from '../../runner/models/prompt-preview.ts';
import type { Explanation } from '../analyze/explain/explanation.ts';
import { incidentQuestion, namesOfIncident } from '../analyze/explain/incident-question.ts';
import type { CommandContext, SessionFlags } from '../command-context.ts';
import { stopOnSignal } from '../drive/stop-on-signal.ts';
import { exitCodes } from '../exit-code.ts';
import { withAsker } from '../with-asker.ts';

export interface ExplainObjectFlags extends SessionFlags {
  /** False with `--no-model`. */
  readonly model: boolean | string;
  readonly language?: string;
  readonly server?: string;
  /** False with `--no-cache`. */
  readonly cache: boolean;
}

export type ObjectExplanation =
  | { readonly kind: 'explained'; readonly explanation: Explanation }
  /** Of a dry run. */
  | { readonly kind: 'previews'; readonly previews: readonly PromptPreview[] }
  | { readonly kind: 'stopped'; readonly code: number };

/** An answer about the same evidence is as good a week later. */
const cacheForMs = 7 * 24 * 3_600_000;
const timeoutMs = 120_000;
const mostIncidents = 3;

const system = `You are an experienced Kubernetes administrator on call.
Diagnose the object that the evidence is about: say what is wrong with it, why, and how it is fixed.
Findings stand first in the evidence. Rules established them and the links between them, so take them for facts: order them by cause and effect, and explain them.
Work from the evidence alone. Say what cannot be told from it, and which command would tell. Never make up names, values or events.
The root cause first, then what shows it, then the fix in numbered steps; at most 300 words, as plain text without headings.`;

/** Asks a model to explain what the rules found. Without one the explanation says why there is none. */
export async function explainObject(
  { bundles, incidents, investigation }: Investigated,
  flags: ExplainObjectFlags,
  context: CommandContext,
): Promise<ObjectExplanation> {
  const { kind, namespace, name } = investigation.object;
  const top = incidents.slice(0, mostIncidents);
  const previews: PromptPreview[] = [];
  const stop = stopOnSignal(context.io, () =>
    context.io.stderr.write('stopping; once more ends it at once\n'),
  );
  try {
    const answer = await withAsker(
      context,
      flags,
      { name: 'diagnose', onPreview: (preview) => previews.push(preview) },
      (asker) =>
        asker.ask(
          {
            about: `diagnose ${kind} ${name}`,
            promptVersion: 'diagnose/1',
            system,
            question: 'What is wrong with this object, why, and how is it fixed?',
            evidence: uniqueRefs([
              ...top.flatMap((incident) => incidentQuestion(incident).evidence),
              ...bundles.flatMap((bundle) => bundle.items),
            ]),
            unshown: bundles.flatMap((bundle) => bundle.unshown),
            secrets: bundles.flatMap((bundle) => bundle.secrets.values()),
            names: [...bundles.flatMap((bundle) => bundle.names), ...incidents.flatMap(namesOfIncident)],
            shortLived: bundles.flatMap(shortLivedOf),
            ...(flags.language === undefined ? {} : { language: flags.language }),
            ...(namespace === undefined ? {} : { namespace }),
            wish: {
              ...(typeof flags.model === 'string' ? { model: flags.model } : {}),
              ...(flags.server === undefined ? {} : { server: flags.server }),
            },
            cacheForMs: flags.cache ? cacheForMs : 0,
            timeoutMs,
          },
          { signal: stop.signal },
        ),
    );
    if (flags.dryRunPrompt === true) return { kind: 'previews', previews };
    const { replaced } = answer;
    if (answer.kind === 'unavailable') {
      const { reason, text, hint } = answer;
      const whyNot = { reason, text, ...(hint === undefined ? {} : { hint }) };
      return { kind: 'explained', explanation: { text: '', whyNot, replaced } };
    }
    const { text, model, server } = answer;
    return { kind: 'explained', explanation: { text: text.trim(), model: { model, server }, replaced } };
  } catch (error) {
    const signal = stop.received();
    if (signal === undefined) throw error;
    return { kind: 'stopped', code: exitCodes[signal] };
  } finally {
    stop.release();
  }
}

/** Pods and Jobs that are made again under other names. */
function shortLivedOf({ target, parts }: Investigated['bundles'][number]): readonly string[] {
  return [target, ...parts]
    .filter(({ kind, name }) => (kind === 'Pod' || kind === 'Job') && /-[a-z0-9]{5}$/.test(name))
    .map(({ name }) => name);
}
