import {
  answerSchema,
  checkAnswer,
  readModelAnswer,
  system,
  type ModelWish,
} from '../../runner/generate/model-answer.ts';
import type { EvidenceAnswer, EvidenceQuestion } from '../../runner/ask/asker.ts';
import type { PromptPreview } from '../../runner/models/prompt-preview.ts';
import type { CommandContext } from '../command-context.ts';
import type { GenerateFlags } from '../commands/generate.ts';
import { promptText } from '../dry-run/prompt-text.ts';
import { stopOnSignal } from '../drive/stop-on-signal.ts';
import { exitCodes } from '../exit-code.ts';
import { useText } from '../render/step-notes.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import { withAsker } from '../with-asker.ts';

/** The same request is asked once a week. */
const cacheForMs = 7 * 24 * 3_600_000;

/**
 * Has a model read a request that rules cannot; undefined where none does, and standard error says why. The exit code where that
 * is all that is wanted, of a dry run, and after a signal.
 */
export async function askModel(
  request: string,
  flags: GenerateFlags,
  context: CommandContext,
): Promise<ModelWish | number | undefined> {
  const { io, err, out } = context;
  if (flags.model === false) {
    io.stderr.write(`${err.dim('no model is asked: fixed rules read the request')}\n`);
    return undefined;
  }
  const previews: PromptPreview[] = [];
  const stop = stopOnSignal(io, () => io.stderr.write('stopping; once more ends it at once\n'));
  try {
    const answer = await withAsker(
      context,
      flags,
      { name: 'generate', onPreview: (preview) => previews.push(preview) },
      (asker) => asker.ask(questionOf(request, flags), { signal: stop.signal }),
    );
    if (flags.dryRunPrompt === true) {
      for (const preview of previews) io.stdout.write(`${promptText(preview, 'generate', out)}\n`);
      return exitCodes.succeeded;
    }
    return sayAndRead(answer, request, context);
  } catch (error) {
    const signal = stop.received();
    if (signal === undefined) throw error;
    return exitCodes[signal];
  } finally {
    stop.release();
  }
}

function questionOf(request: string, { model, server, cache }: GenerateFlags): EvidenceQuestion {
  return {
    about: 'generate',
    promptVersion: 'generate/1',
    system,
    question: `The request:\n${request}`,
    evidence: [],
    form: { name: 'generate', schema: answerSchema, check: checkAnswer },
    wish: {
      ...(typeof model === 'string' ? { model } : {}),
      ...(server === undefined ? {} : { server }),
    },
    cacheForMs: cache ? cacheForMs : 0,
  };
}

function sayAndRead(
  answer: EvidenceAnswer,
  request: string,
  { io, err }: CommandContext,
): ModelWish | undefined {
  if (answer.kind === 'unavailable') {
    const why = cleanLine(answer.text);
    io.stderr.write(`${err.dim(`fixed rules read the request, since no model did: ${why}`)}\n`);
    return undefined;
  }
  const { model, server, use, value } = answer;
  io.stderr.write(`${err.dim(`read by ${cleanLine(`${model} at ${server}`)}: ${useText(use)}`)}\n`);
  return value === undefined ? undefined : readModelAnswer(value, request);
}
