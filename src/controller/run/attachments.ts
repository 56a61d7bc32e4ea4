import { isSluiceError, SluiceError } from '../../api/errors.ts';
import { stringifyJson, type JsonObject } from '../../api/json.ts';
import { workflowApiVersion } from '../../api/workflow.ts';
import type { ApiClient } from '../../cluster/kubernetes/api-client.ts';
import { textAt } from '../../cluster/json-reading.ts';
import { decodeAttachment, encodeAttachment } from '../../store/cluster/attachment.ts';
import type { AttachmentRef } from '../../store/cluster/run-record.ts';
import type { RunIdentity } from './run-identity.ts';

/** Two versions of each part stand side by side for a moment; together they must fit an object of 1 MiB. */
const largestBytes = 300 * 1024;
const largestText = 16 * 1024 * 1024;

type Kind = AttachmentRef['kind'];
type Part = 'state' | 'logs';

/**
 * What of a run is too long or too secret for its status: one ConfigMap and one Secret, owned by the run. A new version
 * stands under a new key before the status points to it, so a crash in between leaves the former one in force.
 */
export class Attachments {
  readonly #client: ApiClient;
  readonly #run: RunIdentity;
  /** The key in force of each part. */
  readonly #keys = new Map<string, string>();

  constructor(client: ApiClient, run: RunIdentity) {
    this.#client = client;
    this.#run = run;
  }

  /**
   * Writes a new version under a key made from `token`; the one before the version in force goes. Throws SluiceError
   * `terminal`/`StateTooLarge` when it is too long even for an object of its own.
   */
  async put(kind: Kind, part: Part, token: string, text: string): Promise<AttachmentRef> {
    const content = encodeAttachment(text);
    if (content.length * 0.75 > largestBytes) {
      const size = `${Math.ceil(text.length / 1024)} KiB`;
      throw new SluiceError('terminal', 'StateTooLarge', `the ${part} of the run came to ${size}`, {
        hint: 'hand large values over through an object of the cluster or a URL instead of an output',
      });
    }
    const ref = { kind, name: this.#name, key: `${part}-${token}` };
    const field = kind === 'Secret' ? 'data' : 'binaryData';
    const slot = `${kind}/${part}`;
    const former = this.#keys.get(`${slot}/former`);
    const removed = former === undefined || former === ref.key ? {} : { [former]: null };
    const change: JsonObject = { [field]: { ...removed, [ref.key]: content } };
    const changed = await this.#client.find({
      method: 'PATCH',
      path: this.#path(kind, `/${this.#name}`),
      contentType: 'application/merge-patch+json',
      body: stringifyJson(change),
      doing: `write ${kind} ${this.#name}`,
    });
    if (changed === undefined) await this.#create(kind, { [field]: { [ref.key]: content } });
    const current = this.#keys.get(slot);
    if (current !== undefined && current !== ref.key) this.#keys.set(`${slot}/former`, current);
    this.#keys.set(slot, ref.key);
    return ref;
  }

  /** Reads what a record points to. Throws SluiceError `terminal`/`RecordLost` when it is gone. */
  async get(ref: AttachmentRef): Promise<string> {
    const { kind, name, key } = ref;
    const object = await this.#client.find({
      method: 'GET',
      path: this.#path(kind, `/${encodeURIComponent(name)}`),
      doing: `read ${kind} ${name}`,
    });
    const content = textAt(object, kind === 'Secret' ? 'data' : 'binaryData', key);
    if (content === '') {
      const where = `key ${key} of ${kind} ${this.#run.namespace}/${name}`;
      throw new SluiceError('terminal', 'RecordLost', `the state of the run is gone: there is no ${where}`);
    }
    this.#keys.set(`${kind}/${key.startsWith('logs-') ? 'logs' : 'state'}`, key);
    return decodeAttachment(content, largestText);
  }

  async #create(kind: Kind, content: JsonObject): Promise<void> {
    const { name, uid } = this.#run;
    const owner = { apiVersion: workflowApiVersion, kind: 'WorkflowRun', name, uid, controller: true };
    const object = {
      apiVersion: 'v1',
      kind,
      metadata: {
        name: this.#name,
        labels: { 'app.kubernetes.io/managed-by': 'sluice' },
        ownerReferences: [owner],
      },
      ...content,
    };
    try {
      await this.#client.send({
        method: 'POST',
        path: this.#path(kind, ''),
        contentType: 'application/json',
        body: stringifyJson(object),
        doing: `create ${kind} ${this.#name}`,
      });
    } catch (error) {
      // Made by a try whose answer was lost: the next one changes it.
      if (isSluiceError(error) && error.code === 'AlreadyExists')
        throw new SluiceError('transient', 'Conflict', error.message, { cause: error });
      throw error;
    }
  }

  get #name(): string {
    return `${this.#run.name.slice(0, 200)}-sluice-${this.#run.uid.slice(0, 8)}`;
  }

  #path(kind: Kind, rest: string): string {
    const plural = kind === 'Secret' ? 'secrets' : 'configmaps';
    return `/api/v1/namespaces/${encodeURIComponent(this.#run.namespace)}/${plural}${rest}`;
  }
}
