import type { ModelMessage } from '../model-client.ts';

/** What the frame of a message and of the whole prompt costs at most. */
const perMessage = 8;
const perPrompt = 8;

const pieces = / ?[a-z]+| ?[A-Z]| {2,}|\t{2,}|\p{ASCII}|\P{ASCII}/gu;

/**
 * Tokens of a text, for models whose tokenizer is not at hand: more than the ones that chat models use make of it, be it
 * prose, code, base64 or random names; of English prose about three times as many. Three small letters are two tokens, any
 * other character of ASCII is one; beyond ASCII each byte is, as tokenizers fall back to bytes. Never more than the bytes.
 */
export function countTokens(text: string): number {
  let tokens = 0;
  for (const [piece] of text.matchAll(pieces)) tokens += tokensOf(piece);
  return tokens;
}

/** Tokens of a prompt, its frame included. */
export function countPromptTokens(messages: readonly ModelMessage[]): number {
  return messages.reduce((sum, { content }) => sum + countTokens(content) + perMessage, perPrompt);
}

function tokensOf(piece: string): number {
  const code = piece.codePointAt(0) ?? 0;
  if (code >= 0x80) return code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  if (piece.length === 1) return 1;
  // Blanks in a row are merged, and the one before a word belongs to it.
  if (piece.trim() === '') return Math.ceil(piece.length / 2);
  const letters = code === 0x20 ? piece.length - 1 : piece.length;
  return Math.ceil((letters * 2) / 3);
}
