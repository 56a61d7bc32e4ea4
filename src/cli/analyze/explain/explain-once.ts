import type { EvidenceQuestion } from '../../../runner/ask/asker.ts';
import type { PromptPreview } from '../../../runner/models/prompt-preview.ts';
import type { CommandContext, SessionFlags } from '../../command-context.ts';
import { stopOnSignal } from '../../drive/stop-on-signal.ts';
import { exitCodes } from '../../exit-code.ts';
import { withAsker } from '../../with-asker.ts';
import { explanationOf, keptForMs, wishOf, type Explanation } from './explanation.ts';

export interface ExplainOnceFlags extends SessionFlags {
  /** The name of one; anything else: any. */
  readonly model?: boolean | string;
  readonly language?: string;
  readonly server?: string;
  /** False with `--no-cache`. */
  readonly cache: boolean;
}

export type OneExplanation =
  | { readonly kind: 'explained'; readonly explanation: Explanation }
  /** Of a dry run. */
  | { readonly kind: 'previews'; readonly previews: readonly PromptPreview[] }
  | { readonly kind: 'stopped'; readonly code: number };

const timeoutMs = 120_000;

/** Asks a model one question. Without a model the explanation has the text `byRules` and says why there is none. */
export async function explainOnce(
  command: string,
  question: Omit<EvidenceQuestion, 'language' | 'wish' | 'cacheForMs' | 'timeoutMs'>,
  byRules: string,
  flags: ExplainOnceFlags,
  context: CommandContext,
): Promise<OneExplanation> {
  const { language } = flags;
  const previews: PromptPreview[] = [];
  const stop = stopOnSignal(context.io, () =>
    context.io.stderr.write('stopping; once more ends it at once\n'),
  );
  try {
    const answer = await withAsker(
      context,
      flags,
      { name: command, onPreview: (preview) => previews.push(preview) },
      (asker) =>
        asker.ask(
          {
            ...question,
            ...(language === undefined ? {} : { language }),
            wish: wishOf(flags),
            cacheForMs: flags.cache ? keptForMs : 0,
            timeoutMs,
          },
          { signal: stop.signal },
        ),
    );
    if (flags.dryRunPrompt === true) return { kind: 'previews', previews };
    return { kind: 'explained', explanation: explanationOf(answer, byRules) };
  } catch (error) {
    const signal = stop.received();
    if (signal === undefined) throw error;
    return { kind: 'stopped', code: exitCodes[signal] };
  } finally {
    stop.release();
  }
}
