const longestText = 200;

/** Text of others, which may be hostile: one line that fits a cell, without markup, mentions of anyone, or links. */
export function markdownText(text: string): string {
  const line = text
    .toWellFormed()
    .replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim();
  const short = line.length > longestText ? `${line.slice(0, longestText - 1)}…` : line;
  return short
    .replaceAll(/[\\`*_[\]#|~]/g, String.raw`\$&`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', '@\u200B')
    .replaceAll('://', ':\u200B//');
}
