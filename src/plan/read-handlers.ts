import { fieldNames } from '../api/schema/schema-parts.ts';
import { handlersSchema } from '../api/schema/kind-schemas.ts';
import type { DraftStep } from './draft-step.ts';
import type { FieldReader } from './field-reader.ts';
import { defaultHandlersMs, type HandlerSection, type Plan } from './plan.ts';

/** In the order in which they run. */
export const handlerSections: readonly HandlerSection[] = ['onFailure', 'finally'];

/** What holds for the handlers of the workflow that `reader` stands at; nothing for one without handlers. */
export function readHandlers(reader: FieldReader): Pick<Plan, 'handlers'> {
  const given = handlerSections.filter((section) => reader.has(section));
  for (const section of given) {
    if (reader.list(section)?.length === 0)
      reader.fault('EmptySteps', [section], `\`${section}\` is empty; add a step, or remove it`);
  }
  const settings = reader.child('handlers');
  settings?.checkFields(fieldNames(handlersSchema));
  const timeoutMs = settings?.duration('timeout') ?? defaultHandlersMs;
  if (given.length > 0) return { handlers: { timeoutMs } };
  if (settings !== undefined)
    reader.faults.warn(
      'IgnoredField',
      reader.document.locate([...reader.path, 'handlers'], 'key'),
      '`handlers` has no effect here: there is neither `onFailure` nor `finally`',
    );
  return {};
}

/** Reports handlers that would wait for a person: a run must be able to end. */
export function checkHandlers(steps: readonly DraftStep[]): void {
  for (const { section, stepType, reader, name } of steps) {
    if (section === undefined || stepType?.suspends !== true) continue;
    reader.fault(
      'SuspendingHandler',
      ['type'],
      `step "${name}" of \`${section}\` suspends the run, whose end would wait for a person; suspend in one of the steps before`,
    );
  }
}
