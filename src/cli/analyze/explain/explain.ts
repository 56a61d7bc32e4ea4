import { SluiceError } from '../../../api/errors.ts';
import type { Incident } from '../../../analyze/incident/incident.ts';
import type { ObjectName } from '../../../evidence/masking/object-names.ts';
import type { PromptPreview } from '../../../runner/models/prompt-preview.ts';
import type { CommandContext, SessionFlags } from '../../command-context.ts';
import { stopOnSignal } from '../../drive/stop-on-signal.ts';
import { promptText } from '../../dry-run/prompt-text.ts';
import { exitCodes } from '../../exit-code.ts';
import { counted } from '../../render/fault-text.ts';
import { useText } from '../../render/step-notes.ts';
import { cleanLine } from '../../terminal/clean-text.ts';
import { isInteractive } from '../../terminal/capabilities.ts';
import { withAsker } from '../../with-asker.ts';
import type { OutputFormat } from '../print-report.ts';
import { explainIncidents, type Explained } from './explain-incidents.ts';
import { keptForMs, wishOf, type Explanations } from './explanation.ts';

export interface ExplainFlags extends SessionFlags {
  readonly explain?: boolean;
  readonly language?: string;
  readonly model?: string;
  readonly server?: string;
  /** False with `--no-cache`. */
  readonly cache: boolean;
  readonly output: OutputFormat;
}

export interface ExplainEnd {
  /** Absent without `--explain`. */
  readonly explanations?: Explanations;
  /** Of the signal that stopped it. */
  readonly code?: number;
}

/** What nobody can read is not to be paid for. Throws SluiceError `invalid`. */
export function mustHaveRoom({ explain: isWanted, output }: Pick<ExplainFlags, 'explain' | 'output'>): void {
  if (isWanted !== true || (output !== 'sarif' && output !== 'junit')) return;
  throw new SluiceError('invalid', 'ContradictingFlags', `-o ${output} has no place for explanations`, {
    hint: 'leave out --explain, or choose another format, such as text or markdown',
  });
}

/**
 * Explains the incidents of a report, and says on standard error how that went. Undefined after a dry run, which has printed
 * what would have been sent. `names` are those to anonymize beside the ones of the findings.
 */
export async function explain(
  incidents: readonly Incident[],
  names: readonly ObjectName[],
  flags: ExplainFlags,
  context: CommandContext,
): Promise<ExplainEnd | undefined> {
  if (flags.explain !== true) return {};
  if (incidents.length === 0) return { explanations: new Map() };
  const { io, out } = context;
  const previews: PromptPreview[] = [];
  const progress = progressOn(context);
  const stop = stopOnSignal(io, () => io.stderr.write('stopping; once more ends it at once\n'));
  try {
    const explained = await withAsker(
      context,
      flags,
      { name: 'analyze', onPreview: (preview) => previews.push(preview) },
      (asker) =>
        explainIncidents(incidents, asker, {
          names,
          cacheForMs: flags.cache ? keptForMs : 0,
          wish: wishOf(flags),
          ...(flags.language === undefined ? {} : { language: flags.language }),
          signal: stop.signal,
          onProgress: progress.show,
        }),
    );
    progress.clear();
    if (flags.dryRunPrompt === true) {
      for (const preview of previews) io.stdout.write(`${promptText(preview, 'analyze', out)}\n`);
      return undefined;
    }
    for (const line of summaryLines(explained)) io.stderr.write(`${cleanLine(line)}\n`);
    const signal = stop.received();
    return {
      explanations: explained.explanations,
      ...(signal === undefined ? {} : { code: exitCodes[signal] }),
    };
  } finally {
    stop.release();
  }
}

/** What it cost, and each reason for which a model was missing, once. */
function summaryLines({ explanations, byModel, use }: Explained): readonly string[] {
  const all = counted(explanations.size, 'incident');
  const cost = `explained by a model: ${byModel} of ${all}: ${useText(use)}`;
  const whyNot = [...explanations.values()].flatMap(({ whyNot: why }) => (why === undefined ? [] : [why]));
  return [
    ...(use.calls + use.cached === 0 ? [] : [cost]),
    ...[...Map.groupBy(whyNot, ({ reason }) => reason)].map(([reason, [first, ...others]]) => {
      const hint = first?.hint === undefined ? '' : `; ${first.hint}`;
      return `${counted(others.length + 1, 'incident')} not explained by a model (${reason}): ${first?.text ?? ''}${hint}`;
    }),
  ];
}

function progressOn({ io, err }: CommandContext): {
  readonly show: (done: number, all: number) => void;
  readonly clear: () => void;
} {
  if (!isInteractive(io)) return { show: () => undefined, clear: () => undefined };
  const eraseLine = '\r\u001B[K';
  return {
    show: (done, all) => io.stderr.write(`${eraseLine}${err.dim(`explained ${done} of ${all}`)}`),
    clear: () => io.stderr.write(eraseLine),
  };
}
