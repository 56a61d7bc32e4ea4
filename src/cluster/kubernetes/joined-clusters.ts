import type { LookupFunction } from 'node:net';
import { isSluiceError, SluiceError } from '../../api/errors.ts';
import type { Access, Credentials } from './access.ts';
import { ApiClient } from './api-client.ts';
import { Breaker } from './breaker.ts';
import { Discovery } from './discovery.ts';
import { checkEndpoint, lookupEndpoint } from './endpoint-guard.ts';
import { readJoinedSecret, type JoinedSecret } from './joined-secret.ts';

export interface JoinedClustersOptions {
  /** With the controller's own rights: those to read the Secrets by name. */
  readonly hub: ApiClient;
  readonly systemNamespace: string;
  readonly timeoutMs: number;
  readonly limitBytes: number;
  /** Milliseconds since 1970. */
  now(): number;
}

/** One cluster that was joined to the hub: what all accounts share of the way to it. */
export interface JoinedCluster {
  readonly name: string;
  /** Acts with the credential itself; for effects it is narrowed with `through`. */
  readonly client: ApiClient;
  readonly discovery: Discovery;
  readonly access: Access;
  /** What the Secret says now. Throws as `JoinedClusters.find` does. */
  read(): Promise<JoinedSecret>;
}

/** A Secret that was read is taken to be as it was so long. */
const goodForMs = 10_000;
/** Of a name without a Secret: short, as someone may be joining it just now. */
const missingForMs = 2000;
/** A server that refuses a credential may cause the Secret to be read again so often. */
const rereadMs = 1000;
/** Runs choose names freely: no more of those without a Secret are remembered. */
const mostMissing = 500;

/**
 * The joined clusters, found by name alone: Secrets are never listed.
 *
 * J1 A Secret counts as it was at most ten seconds ago; a request to a cluster whose Secret is gone is not sent.
 * J2 A credential goes only to the endpoint that stood in the same Secret.
 */
export class JoinedClusters {
  readonly #options: JoinedClustersOptions;
  readonly #joined = new Map<string, Joined>();
  readonly #missing = new Map<string, number>();

  constructor(options: JoinedClustersOptions) {
    this.#options = options;
  }

  /** Throws SluiceError `invalid` when there is none of that name, `denied` when the Secret may not be read. */
  async find(name: string): Promise<JoinedCluster> {
    const known = this.#joined.get(name);
    if (known !== undefined) {
      await known.read();
      return known;
    }
    if (!isSecretName(name) || this.#isMissing(name)) throw unknownCluster(name);
    const joined = new Joined(name, this.#options, () => this.#drop(name, joined));
    this.#joined.set(name, joined);
    try {
      await joined.read();
      return joined;
    } catch (error) {
      // Runs choose names freely: what never was is not kept.
      if (this.#joined.get(name) === joined) this.#joined.delete(name);
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#joined.values()].map(({ client }) => client.close()));
  }

  #isMissing(name: string): boolean {
    const untilMs = this.#missing.get(name);
    return untilMs !== undefined && this.#options.now() < untilMs;
  }

  /** Its Secret is gone, or was never there: what is under way ends. */
  #drop(name: string, joined: Joined): void {
    if (this.#joined.get(name) === joined) this.#joined.delete(name);
    void joined.client.close();
    this.#missing.delete(name);
    this.#missing.set(name, this.#options.now() + missingForMs);
    const oldest = this.#missing.keys().next();
    if (this.#missing.size > mostMissing && oldest.done !== true) this.#missing.delete(oldest.value);
  }
}

class Joined implements JoinedCluster, Access {
  readonly name: string;
  readonly label: string;
  readonly client: ApiClient;
  readonly discovery: Discovery;
  readonly lookup: LookupFunction = lookupEndpoint;
  readonly #options: JoinedClustersOptions;
  readonly #onGone: () => void;
  readonly #breaker: Breaker;
  #known: { readonly secret: JoinedSecret; readonly version: string; readonly atMs: number } | undefined;
  #isDoubted = false;
  #reading: Promise<JoinedSecret> | undefined;

  constructor(name: string, options: JoinedClustersOptions, onGone: () => void) {
    this.name = name;
    this.label = `cluster ${name}`;
    this.#options = options;
    this.#onGone = onGone;
    this.#breaker = new Breaker(() => options.now());
    const { timeoutMs, limitBytes } = options;
    this.client = new ApiClient({ access: this, timeoutMs, limitBytes });
    this.discovery = new Discovery(this.client);
  }

  get access(): Access {
    return this;
  }

  get server(): string {
    return this.#known?.secret.credentials.server ?? 'https://unknown.invalid';
  }

  async credentials(): Promise<Credentials> {
    const { credentials } = await this.read();
    this.#breaker.pass();
    return credentials;
  }

  /** A credential that was refused may have been replaced. */
  forget(): void {
    this.#isDoubted = true;
  }

  seen(end: 'answer' | SluiceError): void {
    this.#breaker.seen(end);
  }

  async read(): Promise<JoinedSecret> {
    const ageMs = this.#options.now() - (this.#known?.atMs ?? 0);
    if (this.#known !== undefined && ageMs < (this.#isDoubted ? rereadMs : goodForMs))
      return this.#known.secret;
    this.#reading ??= this.#readSecret().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async #readSecret(): Promise<JoinedSecret> {
    const { hub, systemNamespace } = this.#options;
    const atMs = this.#options.now();
    const object = await hub
      .find({
        method: 'GET',
        path: `/api/v1/namespaces/${systemNamespace}/secrets/${this.name}`,
        doing: `read the credential of cluster ${this.name}`,
      })
      .catch((error: unknown) => {
        throw isSluiceError(error) && error.kind === 'denied' ? notReadable(this.name, error) : error;
      });
    const version = JSON.stringify(object?.['metadata']);
    // An unchanged Secret keeps its credentials object, and with it the connections.
    if (this.#known === undefined || this.#known.version !== version) {
      const secret = readJoinedSecret(object, this.name);
      if (secret === undefined) {
        this.#known = undefined;
        this.#onGone();
        throw unknownCluster(this.name);
      }
      checkEndpoint(secret.credentials.server);
      checkEndpoint(secret.credentials.proxyUrl);
      if (this.#known?.secret.credentials.server !== secret.credentials.server) this.discovery.forget();
      this.#breaker.reset();
      this.#known = { secret, version, atMs };
    } else this.#known = { ...this.#known, atMs };
    this.#isDoubted = false;
    return this.#known.secret;
  }
}

function isSecretName(name: string): boolean {
  return name.length <= 253 && /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name);
}

function unknownCluster(name: string): SluiceError {
  return new SluiceError('invalid', 'UnknownCluster', `There is no cluster ${name.slice(0, 253)}.`, {
    hint: 'sluice cluster list shows the clusters there are, sluice cluster join adds one.',
  });
}

function notReadable(name: string, cause: SluiceError): SluiceError {
  return new SluiceError(
    'denied',
    'ClusterNotReadable',
    `Cluster ${name} cannot be looked up: ${cause.message}`,
    {
      cause,
      hint: 'The controller needs a Role in vela-system with the verb get on Secrets: sluice install.',
    },
  );
}
