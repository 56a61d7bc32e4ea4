import { createHash } from 'node:crypto';
import { SluiceError } from '../../api/errors.ts';
import { isObject, parseJson, stringifyJson, type Json } from '../../api/json.ts';
import type { ApiClient } from '../../cluster/kubernetes/api-client.ts';
import type { PastRun } from '../../gate/evaluate/gate-input.ts';
import { isReusable, overridden, pastRunOfEntry } from '../../gate/kept-entry.ts';
import type { StoredVerdict, VerdictQuery, VerdictStore } from '../../gate/verdict-store.ts';
import type { Override } from '../../gate/verdict.ts';
import { SharedDocument, type DocumentForm } from './shared-document.ts';
import { isSigned, ringForm, sign, withEntry, type SignedEntry, type VerdictRing } from './verdict-ring.ts';

export interface ClusterVerdictsOptions {
  readonly client: Pick<ApiClient, 'find' | 'send'>;
  readonly now: () => number;
  /**
   * The key of the installation. Undefined for whoever has none, as on a command line: everything is shown, signed or not, and
   * nothing can be written that would need a signature.
   */
  readonly key?: () => Promise<string>;
}

/** The gates of a namespace; whoever may not list ConfigMaps finds them by it. Those used last stand last. */
const indexName = 'sluice-gates';
/** Beyond these the gate that has judged nothing for longest is forgotten. */
const gatesKept = 200;
const hashLength = 20;

/**
 * Verdicts in the cluster that they are about: for each gate of a namespace a ConfigMap, and one that lists the gates.
 *
 * C1 A verdict is signed with the key of the installation. One without a good signature is never returned to whoever has the
 *    key: who may write ConfigMaps in a namespace cannot open a gate by it.
 * C2 A gate is in the list before its first verdict is written.
 */
export class ClusterVerdicts implements VerdictStore {
  readonly #options: ClusterVerdictsOptions;

  constructor(options: ClusterVerdictsOptions) {
    this.#options = options;
  }

  async put(entry: StoredVerdict): Promise<void> {
    const key = await this.#mustHaveKey();
    const { namespace, verdict } = entry;
    const dropped = await this.#index(namespace).change((gates) => withGate(gates, verdict.gate));
    await this.#ring(namespace, verdict.gate).change((ring) => {
      const isThere = ring.some((each) => each.entry.id === entry.id && isSigned(key, each));
      const added: SignedEntry = { entry, signature: sign(key, entry) };
      const content = isThere ? ring : withEntry(ring, added, key, this.#options.now());
      return { content, result: undefined };
    });
    // After the verdict itself: what cannot be deleted now is in nobody's way.
    await Promise.allSettled(dropped.map((gate) => this.#ring(namespace, gate).delete()));
  }

  async get(namespace: string, id: string): Promise<StoredVerdict | undefined> {
    const all = await this.#all(namespace);
    return all.find(({ entry }) => entry.id === id)?.entry;
  }

  async list({ namespace, gate, run, limit }: VerdictQuery): Promise<readonly StoredVerdict[]> {
    const all = await (gate === undefined ? this.#all(namespace) : this.#ofGate(namespace, gate));
    return all
      .map(({ entry }) => entry)
      .filter((entry) => run === undefined || entry.run === run)
      .slice(0, limit);
  }

  async history(
    namespace: string,
    gate: string,
    policyDigest: string,
    limit: number,
  ): Promise<readonly PastRun[]> {
    const all = await this.#ofGate(namespace, gate);
    return all
      .filter(({ entry }) => entry.verdict.policy.digest === policyDigest)
      .slice(0, limit)
      .map(pastRunOfEntry);
  }

  async reuse(namespace: string, cacheKey: string, nowMs: number): Promise<StoredVerdict | undefined> {
    const all = await this.#all(namespace);
    return all.find((each) => isReusable(each, cacheKey, nowMs))?.entry;
  }

  async override(namespace: string, id: string, override: Override): Promise<StoredVerdict | undefined> {
    const key = await this.#mustHaveKey();
    return this.#changeOne(namespace, id, (found) => {
      const opened = overridden(found, override);
      return opened === found ? found : { ...opened, signature: sign(key, opened.entry) };
    });
  }

  async invalidate(
    namespace: string,
    id: string,
    why: { readonly by: string; readonly why: string },
  ): Promise<boolean> {
    const changed = await this.#changeOne(namespace, id, (found) => ({ ...found, invalid: why }));
    return changed !== undefined;
  }

  async #changeOne(
    namespace: string,
    id: string,
    change: (found: SignedEntry) => SignedEntry,
  ): Promise<StoredVerdict | undefined> {
    const gate = (await this.get(namespace, id))?.verdict.gate;
    if (gate === undefined) return undefined;
    const isGood = await this.#trust();
    return this.#ring(namespace, gate).change((ring) => {
      const at = ring.findIndex((each) => each.entry.id === id && isGood(each));
      const found = ring[at];
      if (found === undefined) return { content: ring, result: undefined };
      const changed = change(found);
      const content = changed === found ? ring : ring.with(at, changed);
      return { content, result: changed.entry };
    });
  }

  /** Newest first. */
  async #ofGate(namespace: string, gate: string): Promise<VerdictRing> {
    const isGood = await this.#trust();
    const ring = await this.#ring(namespace, gate).read();
    return ring
      .filter((each) => each.entry.namespace === namespace && each.entry.verdict.gate === gate)
      .filter(isGood)
      .toSorted((a, b) => b.entry.storedAtMs - a.entry.storedAtMs);
  }

  async #all(namespace: string): Promise<VerdictRing> {
    const gates = await this.#index(namespace).read();
    const rings = await Promise.all(gates.map((gate) => this.#ofGate(namespace, gate)));
    return rings.flat().toSorted((a, b) => b.entry.storedAtMs - a.entry.storedAtMs);
  }

  /** C1 */
  async #trust(): Promise<(entry: SignedEntry) => boolean> {
    const key = await this.#options.key?.();
    return key === undefined ? () => true : (entry) => isSigned(key, entry);
  }

  async #mustHaveKey(): Promise<string> {
    const key = await this.#options.key?.();
    if (key !== undefined) return key;
    throw new SluiceError(
      'denied',
      'VerdictNotSigned',
      'verdicts of a cluster are signed by its controller, which alone can write them',
      { hint: 'Decide at the run itself: sluice workflow resume or terminate.' },
    );
  }

  #index(namespace: string): SharedDocument<readonly string[]> {
    const { client } = this.#options;
    const labels = { 'sluice.dev/kept-for': 'gates' };
    return new SharedDocument({ client, namespace, name: indexName, labels }, indexForm);
  }

  #ring(namespace: string, gate: string): SharedDocument<VerdictRing> {
    const hash = createHash('sha256').update(gate).digest('hex').slice(0, hashLength);
    // Names that no label can have are told by the annotation alone.
    const isLabel = /^[A-Za-z0-9](?:[-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?$/.test(gate);
    const place = {
      client: this.#options.client,
      namespace,
      name: `sluice-gate-${hash}`,
      labels: { 'sluice.dev/kept-for': 'verdicts', ...(isLabel ? { 'sluice.dev/gate': gate } : {}) },
      annotations: { 'sluice.dev/gate': gate },
    };
    return new SharedDocument(place, ringForm);
  }
}

/** C2. Those that are no longer kept come back. A list that would only change its order is written where that soon matters. */
function withGate(
  gates: readonly string[],
  gate: string,
): { readonly content: readonly string[]; readonly result: readonly string[] } {
  const at = gates.indexOf(gate);
  if (at >= 0 && (at >= gates.length / 2 || gates.length < gatesKept)) return { content: gates, result: [] };
  const all = [...gates.filter((each) => each !== gate), gate];
  const kept = all.slice(-gatesKept);
  return { content: kept, result: all.slice(0, all.length - kept.length) };
}

const indexForm: DocumentForm<readonly string[]> = {
  read(text) {
    const value = text === undefined ? [] : parseOrNothing(text);
    if (!isObject(value) || !Array.isArray(value['gates'])) return [];
    return (value['gates'] as readonly Json[]).filter((each) => typeof each === 'string');
  },
  write: (gates) => stringifyJson({ gates }),
};

function parseOrNothing(text: string): Json {
  try {
    return parseJson(text);
  } catch {
    return null;
  }
}
