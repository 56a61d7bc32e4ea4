import { ipv4In, ipv6In } from './masking/addresses.ts';

/** The letters and digits of names that controllers make up: no vowels, nothing that looks like something else. */
const safe = '[bcdfghjklmnpqrstvwxz2456789]';
/** `web-6d4b75cb6d-8xk2p` of a Deployment, `backup-29012345` of a CronJob, `backup-29012345-x7k2p` of that one's Job. */
const madeUp = new RegExp(
  `(?<![A-Za-z0-9.-])([a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?)-(?:${safe}{6,10}-${safe}{5}|[23]\\d{7}(?:-${safe}{5})?)(?![A-Za-z0-9-])`,
  'g',
);

/** What differs at each look though nothing else does, and says nothing of a cause. */
const passing: readonly (readonly [RegExp, string])[] = [
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)/g, '(time)'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '(uid)'],
  [/\(\d{1,9}x\)/g, '(more than once)'],
  [/\bx\d{1,9} over \d[\dhms]{0,20}/g, 'more than once'],
  [/\bback-off \d[\dhms.]{0,20}/g, 'back-off'],
  [/\b\d{1,9} restarts?\b/g, 'restarts'],
  [/"restartCount":\d{1,9}/g, '"restartCount":"(several)"'],
];

/**
 * Puts words that stay in the place of what changes from one look at a cluster to the next: times, uids, counts, addresses, and
 * names of Pods and Jobs that live only for a while. Equal problems then have equal texts, so that an answer to one of them is
 * found again; `restore` puts the names and addresses of this look into it.
 */
export class StandIns {
  readonly #values = new Map<string, string>();
  readonly #given = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  readonly #known: readonly string[];
  #taken: string;

  /**
   * `texts` are all that there will be; their order does not matter. `shortLived` are names that cannot be told by their form,
   * such as `agent-x7k2p` of a DaemonSet.
   */
  constructor(texts: readonly string[], shortLived: readonly string[]) {
    this.#taken = texts.join('\n');
    this.#known = [...new Set(shortLived)]
      .filter((name) => name !== '' && this.#taken.includes(name))
      .toSorted(byLength);
    // Numbers are given in an order that the names themselves have no part in.
    const ordered = texts
      .map((text) => ({ text, form: this.#replaced(text, () => '*') }))
      .toSorted((a, b) => (a.form < b.form ? -1 : Number(a.form > b.form)));
    for (const { text } of ordered) this.apply(text);
    this.#taken = '';
  }

  /** Tells the model what it sees; '' where there is nothing to tell. */
  get notice(): string {
    return this.#values.size === 0 ? '' : standInNotice;
  }

  apply(text: string): string {
    return this.#replaced(text, (value, stem) => this.#standInOf(value, stem));
  }

  /** The names and addresses of this look; times, uids and counts are gone. */
  restore(text: string): string {
    if (this.#values.size === 0) return text;
    const names = [...this.#values.keys()].toSorted(byLength).map((name) => escaped(name));
    const any = new RegExp(`(?<![A-Za-z0-9.-])(?:${names.join('|')})(?![A-Za-z0-9-])`, 'g');
    return text.replace(any, (name) => this.#values.get(name) ?? name);
  }

  #replaced(text: string, put: (value: string, stem: string) => string): string {
    let changed = text;
    for (const [pattern, word] of passing) changed = changed.replace(pattern, word);
    for (const name of this.#known)
      if (changed.includes(name)) changed = replaceName(changed, name, put(name, stemOf(name)));
    changed = changed.replace(madeUp, (name, stem: string) => put(name, `${stem}-pod`));
    const addresses = [...ipv4In(changed, 0), ...ipv6In(changed)].toSorted((a, b) => b.start - a.start);
    for (const { start, end } of addresses)
      changed = changed.slice(0, start) + put(changed.slice(start, end), 'address') + changed.slice(end);
    return changed;
  }

  #standInOf(value: string, stem: string): string {
    const given = this.#given.get(value);
    if (given !== undefined) return given;
    let count = this.#counts.get(stem) ?? 0;
    do count += 1;
    while (this.#taken.includes(`${stem}-${count}`));
    this.#counts.set(stem, count);
    const name = `${stem}-${count}`;
    this.#given.set(value, name);
    this.#values.set(name, value);
    return name;
  }
}

const standInNotice =
  'Names that end in -pod-1, -pod-2 and so on, and address-1, address-2 and so on, stand for names and addresses that ' +
  'change. Write them exactly as they stand here where you mean what they stand for.';

function stemOf(name: string): string {
  return `${name.replace(new RegExp(`(?:-${safe}{6,10})?-${safe}{5}$|-\\d{8}$`), '')}-pod`;
}

function replaceName(text: string, name: string, by: string): string {
  const whole = new RegExp(`(?<![A-Za-z0-9.-])${escaped(name)}(?![A-Za-z0-9-])`, 'g');
  return text.replace(whole, () => by);
}

function escaped(name: string): string {
  return name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

/** Longest first: a name may begin with another. */
function byLength(a: string, b: string): number {
  return b.length - a.length;
}
