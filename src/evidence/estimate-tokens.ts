/**
 * A count of tokens that no common tokenizer exceeds on prose, JSON and logs: for models whose own is not known. Digits and
 * signs count one each (some models split every one), small letters two and a half to a token, capitals one and a half;
 * beyond ASCII each byte of UTF-8 counts.
 */
export function estimateTokens(text: string): number {
  let total = 0;
  for (let index = 0; index < text.length; index += 1) total += weightOf(text.charCodeAt(index));
  return Math.ceil(total / 30);
}

/** In thirtieths of a token. */
function weightOf(code: number): number {
  if (code >= 97 && code <= 122) return 12;
  if (code >= 65 && code <= 90) return 20;
  if (code === 32) return 8;
  if (code < 128) return 30;
  // Half of a pair is two bytes of four.
  return code < 0x800 || (code >= 0xd800 && code <= 0xdfff) ? 60 : 90;
}
