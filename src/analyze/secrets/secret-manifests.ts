import type { Span } from './span.ts';

const yamlDocument = /(?:^|\n)---[^\n]*/g;
const yamlSecret = /^kind:[ \t]*["']?Secret["']?[ \t\r]*$/m;
const yamlData = /^(?:data|stringData):[ \t\r]*\n((?:[ \t]+[^\n]*(?:\n|$))*)/gm;
const yamlEntry = /^([ \t]+)[^\s:#][^:\n]*:[ \t]*([^\n]*(?:\n\1[ \t]+[^\n]*)*)/gm;
const jsonSecret = /"kind"\s{0,40}:\s{0,40}"Secret"/;
const jsonData = /"(?:data|stringData)"\s{0,40}:\s{0,40}\{([^{}]*)\}/g;
const jsonEntry = /:\s{0,40}"((?:[^"\\]|\\.)*)"/g;

/** Empty, masked, or only the size of a value. */
const hidden = /^(?:|""|''|\(\d+ characters\)|\*\*\*|<[a-z-]{2,12}:[0-9a-f]{6,24}>)$/;

interface Found {
  readonly span: Span;
  readonly learned: readonly string[];
}

/** What Secrets hold that somebody pasted as manifests, whatever the keys are called. */
export function manifestSecrets(text: string): readonly Found[] {
  if (!text.includes('Secret')) return [];
  const found: Found[] = [];
  let from = 0;
  for (const end of [...[...text.matchAll(yamlDocument)].map((match) => match.index), text.length]) {
    const part = text.slice(from, end);
    if (yamlSecret.test(part)) found.push(...entriesIn(part, from, yamlData, yamlEntry));
    from = end;
  }
  if (jsonSecret.test(text)) found.push(...entriesIn(text, 0, jsonData, jsonEntry));
  return found;
}

function entriesIn(text: string, offset: number, data: RegExp, entry: RegExp): readonly Found[] {
  const found: Found[] = [];
  for (const block of text.matchAll(data)) {
    const body = block[1] ?? '';
    const start = offset + block.index + block[0].lastIndexOf(body);
    for (const match of body.matchAll(entry)) {
      const value = (match.at(-1) ?? '').trimEnd();
      if (hidden.test(value)) continue;
      const at = start + match.index + match[0].lastIndexOf(match.at(-1) ?? '');
      const plain = value.replace(/^[|>][-+\d]{0,3}\s+/, '').replace(/^["']|["']$/g, '');
      const decoded = Buffer.from(plain, 'base64').toString('utf8');
      found.push({
        span: { start: at, end: at + value.length, kind: 'secret' },
        learned: [plain, ...(/^[\x20-\x7e\s]{6,}$/.test(decoded) ? [decoded] : [])],
      });
    }
  }
  return found;
}
