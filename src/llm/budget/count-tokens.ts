import type { ModelMessage } from '../model-client.ts';

/** What the frame of a message and of the whole prompt costs at most. */
const perMessage = 8;
const perPrompt = 8;

/**
 * Tokens of a text, for models whose tokenizer is not at hand: more than the ones that chat models use make of it, be it
 * prose, code, base64 or random names; of English prose about three times as many. Three small letters are two tokens, any
 * other character of ASCII is one; beyond ASCII each byte is, as tokenizers fall back to bytes. Never more than the bytes.
 */
export function countTokens(text: string): number {
  let [tokens, letters, blanks, tabs] = [0, 0, 0, 0];
  // By codes, one after the other: prompts may have a megabyte, and each vote of a gate counts its own.
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (blanks > 0 && code !== 0x20) {
      // Blanks in a row are merged, and a single one before a word belongs to it.
      if (blanks > 1) tokens += (blanks + 1) >> 1;
      else if (!isLetter(code)) tokens += 1;
      blanks = 0;
    } else if (tabs > 0 && code !== 0x09) {
      tokens += (tabs + 1) >> 1;
      tabs = 0;
    } else if (letters > 0 && !isSmall(code)) {
      tokens += tokensOfWord(letters);
      letters = 0;
    }
    if (isSmall(code)) letters += 1;
    else if (code === 0x20) blanks += 1;
    else if (code === 0x09) tabs += 1;
    else if (isPair(code, text.charCodeAt(at + 1))) {
      tokens += 4;
      at += 1;
    } else tokens += tokensOfSign(code);
  }
  return tokens + tokensOfWord(letters) + ((blanks + 1) >> 1) + ((tabs + 1) >> 1);
}

/** Of small letters in a row. */
function tokensOfWord(letters: number): number {
  return Math.ceil((letters * 2) / 3);
}

/** Bytes of UTF-8. */
function tokensOfSign(code: number): number {
  if (code < 0x80) return 1;
  return code < 0x800 ? 2 : 3;
}

/** Halves of one character. */
function isPair(code: number, next: number): boolean {
  return code >= 0xd800 && code < 0xdc00 && next >= 0xdc00 && next < 0xe000;
}

function isSmall(code: number): boolean {
  return code >= 0x61 && code <= 0x7a;
}

function isLetter(code: number): boolean {
  return isSmall(code) || (code >= 0x41 && code <= 0x5a);
}

/** Tokens of a prompt, its frame included. */
export function countPromptTokens(messages: readonly ModelMessage[]): number {
  return messages.reduce((sum, { content }) => sum + countTokens(content) + perMessage, perPrompt);
}
