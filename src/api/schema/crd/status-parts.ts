import type { JsonObject } from '../../json.ts';
import { list, text } from '../schema-parts.ts';

/*
 * Nothing in a status is required and no text in it is checked: commands patch parts of it, KubeVela's controller writes
 * it too, and a status that was stored can always be written again.
 */

export function time(description: string): JsonObject {
  return text(description, { format: 'date-time' });
}

export function flag(description: string): JsonObject {
  return { type: 'boolean', description };
}

export function record(description: string, properties: JsonObject): JsonObject {
  return { type: 'object', description, properties };
}

export const observedGeneration: JsonObject = {
  type: 'integer',
  format: 'int64',
  description: 'The `metadata.generation` that this was written for.',
};

export const conditions: JsonObject = list('What holds of the object, in the common form.', {
  ...record('One condition.', {
    type: text('Name of the condition.'),
    status: text('`True`, `False` or `Unknown`.'),
    reason: text('Why, in one word.'),
    message: text('Why, for people.'),
    lastTransitionTime: time('When `status` changed last.'),
    observedGeneration,
  }),
  required: ['type', 'status'],
});
