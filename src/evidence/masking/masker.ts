import type { SecretMask } from '../../api/secret-mask.ts';
import type { Detected } from './detect.ts';
import type { ObjectName } from './object-names.ts';
import type { Place } from '../../analyze/secrets/span.ts';
import { detect } from './detect.ts';
import { foldText } from './fold-text.ts';
import { KnownSecrets } from './known-secrets.ts';
import { ObjectNames } from './object-names.ts';
import { placeholdersIn, Pseudonyms } from './pseudonym.ts';
import { SecretNames } from '../../analyze/secrets/secret-names.ts';
import { isSecretKind, mergeSpans, outside } from '../../analyze/secrets/span.ts';

export interface MaskerOptions {
  /** Kept by the installation. The same key gives the same pseudonyms, so that stored answers are found again. */
  readonly key: string;
  /** Secrets known by value: those of the run, and those that the evidence's own objects hold. */
  readonly secrets?: readonly SecretMask[];
  /** Names of namespaces, workloads and nodes to replace, for `--anonymize`. */
  readonly names?: readonly ObjectName[];
}

/**
 * Takes out of a text what must not leave: secrets (for good), and addresses, host names and e-mail addresses (behind
 * pseudonyms that `unmask` resolves).
 *
 * M1: no secret is ever restored. M2: placeholders in a text stay as they are, so masking may be repeated. M3: a text without secrets comes back from
 * `unmask(mask(text))` as it was. M4: linear time. M5: what was recognised as a secret once is masked in every later
 * spelling and text: let all texts of a request pass through `learn` before the first is masked.
 */
export class Masker {
  readonly #pseudonyms: Pseudonyms;
  readonly #known = new KnownSecrets();
  readonly #secretNames = new SecretNames();
  readonly #objectNames: ObjectNames;
  readonly #seen = new Set<string>();
  /** What `learn` found in texts that `mask` has not seen yet. */
  readonly #detected = new Map<string, Detected>();

  constructor(options: MaskerOptions) {
    this.#pseudonyms = new Pseudonyms(options.key);
    this.#objectNames = new ObjectNames(options.names ?? []);
    for (const secrets of options.secrets ?? [])
      for (const value of secrets.values()) this.#learnValue(value);
  }

  /** Looks for secrets that show themselves in this text, to find them in others where they do not. */
  learn(text: string): void {
    const detected = this.#detect(text);
    this.#detected.set(text, detected);
    for (const value of detected.learned) this.#learnValue(value);
  }

  mask(text: string): string {
    const { spans, learned } = this.#detected.get(text) ?? this.#detect(text);
    this.#detected.delete(text);
    for (const value of learned) this.#learnValue(value);
    const found = [...spans, ...this.#known.spansIn(text)];
    const places = mergeSpans(outside(found, placeholdersIn(text)));
    const parts: string[] = [];
    let copied = 0;
    for (const place of places) {
      parts.push(text.slice(copied, place.start), this.#nameOf(place, text.slice(place.start, place.end)));
      copied = place.end;
    }
    return parts.length === 0 ? text : parts.join('') + text.slice(copied);
  }

  /** An answer with the addresses and names back in it. Not for what goes anywhere but to the user. */
  unmask(text: string): string {
    return this.#pseudonyms.restore(text);
  }

  /** Placeholders and what `unmask` puts in their places. */
  restorable(): ReadonlyMap<string, string> {
    return this.#pseudonyms.restorable();
  }

  #detect(text: string): Detected {
    return detect(text, { secretNames: this.#secretNames, objectNames: this.#objectNames });
  }

  #learnValue(value: string): void {
    if (this.#seen.has(value) || partOfPlaceholder.test(value)) return;
    this.#seen.add(value);
    this.#known.add(value);
  }

  #nameOf(place: Place, value: string): string {
    if (!place.whole) return '***';
    // Spellings of one secret that differ in escapes and line breaks get one name.
    return this.#pseudonyms.of(place.kind, isSecretKind(place.kind) ? foldText(value).text : value);
  }
}

const partOfPlaceholder =
  /^<?(?:[a-z-]{2,12}:)?[0-9a-f]{6,24}>$|<(?:secret|token|credentials|encoded|private-key):|^\*\*\*/;

/** Tells the model what it does not see. */
export const maskingNotice: string =
  'Some values were replaced before this text was sent. <ip:…> is an IP address, <email:…> an e-mail address, host-… a ' +
  'host name, ns-…, workload-… and node-… are names of namespaces, workloads and nodes; *** and <secret:…>, <token:…>, ' +
  '<private-key:…>, <credentials:…>, <encoded:…> are secrets. One placeholder always stands for one value. The real values ' +
  'are present: never call them missing, malformed or wrong because they look like this, and write a placeholder exactly ' +
  'as it stands here where you mean its value.';
