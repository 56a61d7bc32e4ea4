import { parseDuration } from '../../api/duration.ts';

/** Formats of strings in parameter schemas: what each means to a person, and its test. */
export const formats: Readonly<Record<string, { readonly words: string; test(text: string): boolean }>> = {
  'go-duration': {
    words: 'a duration such as 30s, 10m or 1h30m',
    test: (text) => parseDuration(text) !== undefined,
  },
  // Whether it is CUE, the plan finds out.
  cue: { words: 'a CUE expression', test: (text) => text.trim() !== '' },
  'http-url': {
    words: 'an http or https address',
    test: (text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol),
  },
};
