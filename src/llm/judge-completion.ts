import { SluiceError, type ErrorOptions } from '../api/errors.ts';
import type { CallPlace } from './model-fault.ts';
import type { Completion } from './read-completion.ts';

/** How servers say that the model had no more to say. What is not listed may be a cut of another name. */
const whole: ReadonlySet<string> = new Set([
  'stop',
  'end_turn',
  'stop_sequence',
  'eos',
  'eos_token',
  'complete',
]);

/** Throws SluiceError unless a completion is a whole answer with text in it; the counted tokens go along. */
export function requireAnswer(completion: Completion, { host, model }: CallPlace): void {
  const { finish, text, thinking, refusal, usage } = completion;
  if (finish === undefined) {
    throw fault('indeterminate', 'ModelAnswerBroken', `the answer of ${host} broke off before it was whole`);
  }
  if (finish === 'length' || finish === 'max_tokens') {
    throw fault(
      'terminal',
      'ModelAnswerCutOff',
      `the answer of ${model} was cut off at its limit of tokens`,
      {
        hint: 'allow a longer answer, or ask for a shorter one; thinking counts too',
      },
    );
  }
  if (finish === 'content_filter') {
    throw fault('terminal', 'ModelRefused', `the content filter of ${host} held the answer back`);
  }
  if (refusal.trim() !== '') throw fault('terminal', 'ModelRefused', `${model} refused to answer`);
  if (!whole.has(finish.toLowerCase())) {
    throw fault(
      'terminal',
      'ModelAnswerUnreadable',
      `${model} ended with something else than an answer in text`,
    );
  }
  if (text.trim() !== '') return;
  const only = thinking.trim() === '' ? 'nothing' : 'nothing but thinking';
  throw fault('terminal', 'ModelAnswerEmpty', `${model} answered with ${only}`, {
    hint: 'allow a longer answer, or try another model',
  });

  function fault(
    kind: SluiceError['kind'],
    code: string,
    message: string,
    options: ErrorOptions = {},
  ): SluiceError {
    return new SluiceError(kind, code, message, {
      ...options,
      ...(usage === undefined ? {} : { details: { ...usage } }),
    });
  }
}
