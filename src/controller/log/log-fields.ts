/** What a field of a log line may be: one value, never an object that might carry more than was meant. */
export type LogValue = string | number | boolean;

/** Every field a log line may have, in the order they are written in. What is not listed is left out. */
export const logFieldNames = [
  /** `NAMESPACE/NAME`. */
  'run',
  'uid',
  /** Path of a step: `a`, `group/b`. */
  'step',
  /** Counts from 1. */
  'attempt',
  'type',
  'op',
  'phase',
  'reason',
  /** Code and kind of a SluiceError. */
  'code',
  'kind',
  'error',
  'hint',
  'cluster',
  'namespace',
  'name',
  'verb',
  'resource',
  'status',
  'user',
  'lease',
  'holder',
  'shard',
  'address',
  'path',
  'version',
  'count',
  'bytes',
  'depth',
  'ms',
  'at',
  'signal',
] as const;

export type LogFields = { readonly [Name in (typeof logFieldNames)[number]]?: LogValue | undefined };

/** Longer texts are cut: one line of a log is no place for a document. */
const longestText = 4096;

/** The listed fields that are set, texts masked and cut. */
export function pickFields(fields: LogFields, mask: (text: string) => string): Record<string, LogValue> {
  const picked: Record<string, LogValue> = {};
  for (const name of logFieldNames) {
    const value = fields[name];
    if (typeof value === 'string') picked[name] = cutText(mask(value));
    else if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)))
      picked[name] = value;
  }
  return picked;
}

export function cutText(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText - 1).toWellFormed()}…`;
}
