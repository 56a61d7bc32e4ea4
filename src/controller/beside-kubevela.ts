import { setInterval } from 'node:timers/promises';
import { SluiceError } from '../api/errors.ts';
import { isObject, type Json } from '../api/json.ts';
import type { KubeObject } from '../api/kube-object.ts';
import type { ApiClient } from '../cluster/kubernetes/api-client.ts';
import { objectsAt, textAt, valueAt } from '../cluster/json-reading.ts';

/** A run that carries it is ours also where KubeVela's controller works beside. */
const engineAnnotation = 'sluice.dev/engine';

/** So often it is looked whether KubeVela's controller is alive. */
const lookEveryMs = 15_000;

const crds = [
  ['workflowruns', ['spec', 'status']],
  ['workflows', ['mode', 'steps']],
  ['workflowstepdefinitions', ['spec', 'status']],
] as const;

/**
 * Throws SluiceError `environment` when a CRD is missing or lacks a field that the controller writes: the server would drop
 * it without a word.
 */
export async function checkCrds(client: ApiClient): Promise<void> {
  for (const [plural, fields] of crds) {
    const name = `${plural}.core.oam.dev`;
    // oxlint-disable-next-line no-await-in-loop -- three requests, once; the first fault is enough
    const crd = await client.find({
      method: 'GET',
      path: `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`,
      doing: `read the CRD ${name}`,
    });
    const hint = 'Apply the CRDs of this version: sluice install --apply, or kubectl apply -f crds/.';
    if (crd === undefined)
      throw new SluiceError('environment', 'CrdMissing', `The CRD ${name} is not installed.`, { hint });
    const missing = fields.filter((field) => propertyAt(crd, [field]) === undefined);
    if (plural === 'workflowruns' && propertyAt(crd, ['status', 'sluice']) === undefined)
      missing.push('status');
    if (missing.length > 0) {
      throw new SluiceError(
        'environment',
        'CrdTooOld',
        `The CRD ${name} lacks fields that this controller needs (${plural === 'workflowruns' ? 'status.sluice' : missing.join(', ')}).`,
        { hint },
      );
    }
  }
}

function propertyAt(crd: Json, path: readonly string[]): Json | undefined {
  const [version] = objectsAt(crd, 'spec', 'versions');
  let schema = valueAt(version, 'schema', 'openAPIV3Schema');
  for (const key of path) schema = valueAt(schema, 'properties', key);
  return schema;
}

/** Whether an object is ours to run, or to refuse: KubeVela's controller, where it lives, has all that do not say so. */
export function isOurs(object: Json | KubeObject, { isLive }: Pick<KubeVelaWatch, 'isLive'>): boolean {
  return !isLive || textAt(object, 'metadata', 'annotations', engineAnnotation) === 'sluice';
}

/** Knows whether a KubeVela controller works on the same cluster. */
export class KubeVelaWatch {
  readonly #client: ApiClient;
  readonly #namespace: string;
  readonly #monotonicNow: () => number;
  readonly #seen = new Map<string, { readonly renewTime: string; readonly atMs: number }>();
  #isLive = false;

  constructor(client: ApiClient, namespace: string, monotonicNow: () => number) {
    this.#client = client;
    this.#namespace = namespace;
    this.#monotonicNow = monotonicNow;
  }

  get isLive(): boolean {
    return this.#isLive;
  }

  /** Looks now; then again every 15 s until `signal` aborts. */
  async start(signal: AbortSignal): Promise<void> {
    await this.#look();
    void this.#keepLooking(signal);
  }

  async #keepLooking(signal: AbortSignal): Promise<void> {
    try {
      for await (const _ of setInterval(lookEveryMs, undefined, { signal, ref: false })) await this.#look();
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async #look(): Promise<void> {
    try {
      const list = await this.#client.send({
        method: 'GET',
        path: `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(this.#namespace)}/leases`,
        doing: 'look for a KubeVela controller',
      });
      const now = this.#monotonicNow();
      this.#isLive = objectsAt(list, 'items')
        .filter((lease) => textAt(lease, 'metadata', 'name').startsWith('workflow-'))
        .some((lease) => this.#isRenewed(lease, now));
    } catch {
      // What cannot be seen is taken to be as it was.
    }
  }

  /** Clocks of other machines say nothing: a lease lives when it has changed within its own duration. */
  #isRenewed(lease: Json, now: number): boolean {
    const name = textAt(lease, 'metadata', 'name');
    const spec = valueAt(lease, 'spec');
    const seconds = isObject(spec) ? spec['leaseDurationSeconds'] : undefined;
    const durationMs = (typeof seconds === 'number' ? seconds : 15) * 1000;
    const renewTime = textAt(spec, 'renewTime');
    const known = this.#seen.get(name);
    if (known?.renewTime === renewTime) return now - known.atMs < durationMs + lookEveryMs;
    this.#seen.set(name, { renewTime, atMs: now });
    if (textAt(spec, 'holderIdentity') === '') return false;
    // Of one that is seen for the first time only its own times tell whether it is long dead.
    return known !== undefined || Math.abs(Date.now() - Date.parse(renewTime)) < 10 * durationMs;
  }
}
