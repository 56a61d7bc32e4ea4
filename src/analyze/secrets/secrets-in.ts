import { mayNameSecret, namedSecret, schemeSecrets } from './named-secrets.ts';
import { privateKeys } from './private-keys.ts';
import { manifestSecrets } from './secret-manifests.ts';
import type { SecretNames } from './secret-names.ts';
import type { Span } from './span.ts';
import { tokenShapesIn } from './token-shapes.ts';
import { addressesAt, urlCredentials } from './urls.ts';
import { scanWords, type OnWord } from './words.ts';

export interface SecretSearch {
  readonly names: SecretNames;
  /** Whether what a run of base64 says holds something to mask: then the run is a secret. */
  readonly isTelling: (decoded: string) => boolean;
  /** Is told of each word, so that who looks for more reads the text once. */
  readonly onWord?: OnWord;
}

export interface FoundSecrets {
  /** Secrets, and e-mail addresses, which `kind` tells apart. */
  readonly spans: readonly Span[];
  /** Values that their surroundings gave away, to be looked for everywhere. */
  readonly learned: readonly string[];
}

/** Everything in a text that shows by its shape or its surroundings that it is a secret. Takes linear time. */
export function secretsIn(text: string, { names, isTelling, onWord }: SecretSearch): FoundSecrets {
  const credentials = urlCredentials(text);
  const named = schemeSecrets(text);
  const manifests = manifestSecrets(text);
  const spans: Span[] = [...credentials, ...privateKeys(text), ...webhooks(text)];
  spans.push(...[...named, ...manifests].map(({ span }) => span));
  spans.push(...addressesAt(text, new Set(credentials.map((span) => span.end))));
  const learned = [
    ...named.map((each) => each.learned),
    ...manifests.flatMap((each) => each.learned),
    ...credentials.map((span) => passwordOf(text.slice(span.start, span.end))),
  ];
  let namedTo = 0;
  scanWords(
    text,
    (start, end, dots, hasDigit) => {
      // Within a value that is masked already there is nothing to find, and a text of names alone would take for ever.
      if (start >= namedTo && mayNameSecret(text, start, end) && names.has(text.slice(start, end))) {
        const found = namedSecret(text, start, end);
        if (found !== undefined) {
          spans.push(found.span);
          namedTo = found.span.end;
        }
        if (found?.learned !== undefined) learned.push(found.learned);
      }
      if (end - start >= 14) {
        for (const [from, to] of tokenShapesIn(text, start, end)) {
          spans.push({ start: from, end: to, kind: 'token' });
          learned.push(text.slice(from, to));
        }
      }
      onWord?.(start, end, dots, hasDigit);
    },
    (start, end) => {
      const span = encodedSpan(text, start, end, isTelling);
      if (span !== undefined) spans.push(span);
    },
  );
  return { spans, learned };
}

/** Of `user:password` the password; a user name alone (a token in a URL) is the secret itself. */
function passwordOf(userInfo: string): string {
  const password = userInfo.slice(userInfo.indexOf(':') + 1);
  try {
    return decodeURIComponent(password);
  } catch {
    return password;
  }
}

const webhook =
  /(?:hooks\.slack\.com\/(?:services|workflows|triggers)\/|discord(?:app)?\.com\/api\/webhooks\/|outlook\.office\.com\/webhook\/|api\.telegram\.org\/bot)([^\s"'<>\\]{8,512})/g;

/** Whoever knows the address may post. */
function webhooks(text: string): readonly Span[] {
  return [...text.matchAll(webhook)].map((match) => {
    const end = match.index + match[0].length;
    return { start: end - (match[1]?.length ?? 0), end, kind: 'token' };
  });
}

/** A run of base64 is masked whole when what it says is readable and holds something to mask. */
function encodedSpan(
  text: string,
  start: number,
  end: number,
  isTelling: SecretSearch['isTelling'],
): Span | undefined {
  const run = text.slice(start, end);
  // A name before `=` is not part of the value after it.
  const assigned = run.search(/=[^=]/);
  const from = assigned < 0 ? 0 : assigned + 1;
  const encoded = run.slice(from);
  if (!isReadable(Buffer.from(encoded.slice(0, 64), 'base64'))) return undefined;
  const holds = isTelling(Buffer.from(encoded, 'base64').toString('utf8'));
  return holds ? { start: start + from, end, kind: 'encoded' } : undefined;
}

function isReadable(bytes: Uint8Array): boolean {
  return (
    bytes.length >= 12 &&
    bytes.every((byte) => (byte >= 32 && byte < 127) || byte === 10 || byte === 13 || byte === 9)
  );
}
