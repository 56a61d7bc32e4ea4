import { isSluiceError, SluiceError } from '../../api/errors.ts';
import { stringifyJson } from '../../api/json.ts';
import type { ApiClient } from '../../cluster/kubernetes/api-client.ts';
import { textAt } from '../../cluster/json-reading.ts';
import { decodeAttachment, encodeAttachment } from '../../store/cluster/attachment.ts';

const largestText = 2 * 1024 * 1024;

/**
 * Texts that unfinished runs depend on, step types and Workflows, kept by digest: one ConfigMap for each revision, however
 * many runs use it. They are never changed.
 */
export class Revisions {
  readonly #client: ApiClient;
  readonly #namespace: string;
  readonly #stored = new Map<string, Promise<void>>();

  constructor(client: ApiClient, namespace: string) {
    this.#client = client;
    this.#namespace = namespace;
  }

  /** Resolves when the text is stored, once in the life of the process for each digest. */
  store(digest: string, text: string): Promise<void> {
    const known = this.#stored.get(digest);
    if (known !== undefined) return known;
    const storing = this.#create(digest, text);
    this.#stored.set(digest, storing);
    storing.catch(() => this.#stored.delete(digest));
    return storing;
  }

  /** Throws SluiceError `terminal`/`RevisionLost` when there is none of this digest. */
  async find(digest: string, what: string): Promise<string> {
    const name = nameOf(digest);
    const object = await this.#client.find({
      method: 'GET',
      path: `${this.#collection}/${name}`,
      doing: `read ConfigMap ${name}`,
    });
    const content = textAt(object, 'binaryData', 'text');
    if (content !== '') return decodeAttachment(content, largestText);
    throw new SluiceError(
      'terminal',
      'RevisionLost',
      `the revision of ${what} that the run began with is gone: there is no ConfigMap ${this.#namespace}/${name}`,
    );
  }

  async #create(digest: string, text: string): Promise<void> {
    const name = nameOf(digest);
    try {
      await this.#client.send({
        method: 'POST',
        path: this.#collection,
        contentType: 'application/json',
        body: stringifyJson({
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: {
            name,
            labels: { 'app.kubernetes.io/managed-by': 'sluice', 'sluice.dev/kept-for': 'runs' },
          },
          immutable: true,
          binaryData: { text: encodeAttachment(text) },
        }),
        doing: `create ConfigMap ${name}`,
      });
    } catch (error) {
      if (!isSluiceError(error) || error.code !== 'AlreadyExists') throw error;
    }
  }

  get #collection(): string {
    return `/api/v1/namespaces/${encodeURIComponent(this.#namespace)}/configmaps`;
  }
}

function nameOf(digest: string): string {
  return `sluice-revision-${digest.slice(0, 40)}`;
}
