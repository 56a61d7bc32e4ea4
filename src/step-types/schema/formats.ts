import { parseDuration } from '../../api/duration.ts';

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/** Formats of strings in parameter schemas: what each means to a person, and its test. */
export const formats: Readonly<Record<string, { readonly words: string; test(text: string): boolean }>> = {
  'go-duration': {
    words: 'a duration such as 30s, 10m or 1h30m',
    test: (text) => parseDuration(text) !== undefined,
  },
  // Whether it is CUE, the plan finds out.
  cue: { words: 'a CUE expression', test: (text) => text.trim() !== '' },
  'date-time': {
    words: 'a time such as 2026-01-15T14:30:00Z',
    test: (text) => rfc3339.test(text) && !Number.isNaN(Date.parse(text)),
  },
  'http-url': {
    words: 'an http or https address',
    test: (text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol),
  },
};
