import { setTimeout as sleep } from 'node:timers/promises';
import { isSluiceError, SluiceError } from '../../api/errors.ts';
import { stringifyJson, type JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { definitionApiVersion, packageApiVersion, workflowApiVersion } from '../../api/workflow.ts';
import { objectsAt, textAt } from '../../cluster/json-reading.ts';
import type { ApiClient, ApiRequest } from '../../cluster/kubernetes/api-client.ts';

type ResourceName = 'workflowruns' | 'workflows' | 'workflowstepdefinitions' | 'packages';

/** The kinds of workflows, by what they are called in URLs. */
const resources: Readonly<Record<ResourceName, { readonly apiVersion: string; readonly kind: string }>> = {
  workflowruns: { apiVersion: workflowApiVersion, kind: 'WorkflowRun' },
  workflows: { apiVersion: workflowApiVersion, kind: 'Workflow' },
  workflowstepdefinitions: { apiVersion: definitionApiVersion, kind: 'WorkflowStepDefinition' },
  packages: { apiVersion: packageApiVersion, kind: 'Package' },
};

/** A run's status may be half a MiB: a page of so many is still a fair answer. */
const pageSize = 100;
const attempts = 3;

/**
 * Requests about workflows to one API server. What may pass by itself is tried again; what stays is a SluiceError
 * `environment`. A kind that is not installed is `environment`/`NotInstalled`.
 */
export class WorkflowApi {
  readonly client: ApiClient;

  constructor(client: ApiClient) {
    this.client = client;
  }

  /** Undefined when there is none of that name. */
  async get(resource: ResourceName, namespace: string, name: string): Promise<KubeObject | undefined> {
    const found = await this.#ask({
      method: 'GET',
      path: pathOf(resource, namespace, name),
      doing: `get ${resource}`,
    });
    if (found === undefined) await this.#mustBeInstalled(resource);
    return found as KubeObject | undefined;
  }

  /** What `pick` keeps of each object, page by page; `namespace` undefined: of all namespaces. */
  async list<Kept>(
    resource: ResourceName,
    namespace: string | undefined,
    pick: (object: KubeObject) => Kept,
  ): Promise<readonly Kept[]> {
    const all = async (): Promise<readonly Kept[]> => {
      const kept: Kept[] = [];
      let next: string | undefined = '';
      while (next !== undefined) {
        const page: Page = await this.#page(resource, namespace, { limit: pageSize, next });
        kept.push(...page.items.map(pick));
        next = page.next;
      }
      return kept;
    };
    try {
      return await all();
    } catch (error) {
      // The server forgot the state that the list began with: once more from the start.
      if (isSluiceError(error) && error.details?.['statusCode'] === 410) return all();
      throw error;
    }
  }

  /** So many objects, whichever come first. */
  async some(resource: ResourceName, namespace: string, limit: number): Promise<readonly KubeObject[]> {
    return (await this.#page(resource, namespace, { limit, next: '' })).items;
  }

  /**
   * Not repeated: an answer that was lost may stand for an object that was made. A dry run makes none: the answer is the
   * object as the server would keep it.
   */
  async create(resource: ResourceName, object: KubeObject, isDryRun = false): Promise<KubeObject> {
    const { namespace = 'default' } = object.metadata;
    return this.#write(resource, {
      method: 'POST',
      path: `${pathOf(resource, namespace)}${isDryRun ? '?dryRun=All' : ''}`,
      contentType: 'application/json',
      body: stringifyJson(object),
      doing: `create ${resource}`,
    });
  }

  /** Server-side apply under our field manager. A dry run writes nothing: the answer is the object as it would be. */
  async apply(resource: ResourceName, object: KubeObject, isDryRun = false): Promise<KubeObject> {
    const { namespace = 'default', name = '' } = object.metadata;
    return this.#write(resource, {
      method: 'PATCH',
      path: `${pathOf(resource, namespace, name)}?fieldManager=sluice&force=true${isDryRun ? '&dryRun=All' : ''}`,
      contentType: 'application/apply-patch+yaml',
      body: stringifyJson(object),
      doing: `apply ${resource}`,
    });
  }

  /** Changes the status of the very version that was read: throws `transient`/`Conflict` when there is another by now. */
  async patchStatus(run: KubeObject, status: JsonObject): Promise<KubeObject> {
    const { namespace = 'default', name = '', resourceVersion = '' } = run.metadata;
    return this.#write('workflowruns', {
      method: 'PATCH',
      path: `${pathOf('workflowruns', namespace, name)}/status`,
      contentType: 'application/merge-patch+json',
      body: stringifyJson({ metadata: { resourceVersion }, status }),
      doing: 'patch workflowruns/status',
    });
  }

  /** Replaces the whole status, as `patchStatus`. */
  async putStatus(run: KubeObject, status: JsonObject): Promise<KubeObject> {
    const { namespace = 'default', name = '' } = run.metadata;
    return this.#write('workflowruns', {
      method: 'PUT',
      path: `${pathOf('workflowruns', namespace, name)}/status`,
      contentType: 'application/json',
      body: stringifyJson({ ...run, status }),
      doing: 'update workflowruns/status',
    });
  }

  /** Whether there was something to delete. With `uid` only the object that has it. */
  async delete(resource: ResourceName, namespace: string, name: string, uid?: string): Promise<boolean> {
    const answer = await this.#ask({
      method: 'DELETE',
      path: pathOf(resource, namespace, name),
      contentType: 'application/json',
      body: stringifyJson({
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        propagationPolicy: 'Background',
        ...(uid === undefined ? {} : { preconditions: { uid } }),
      }),
      doing: `delete ${resource}`,
    });
    return answer !== undefined;
  }

  async #page(
    resource: ResourceName,
    namespace: string | undefined,
    { limit, next }: { readonly limit: number; readonly next: string },
  ): Promise<Page> {
    const { apiVersion, kind } = resources[resource];
    const query = new URLSearchParams({ limit: String(limit), ...(next === '' ? {} : { continue: next }) });
    const path = `${pathOf(resource, namespace)}?${query.toString()}`;
    const page = await this.#ask({ method: 'GET', path, doing: `list ${resource}` });
    if (page === undefined) throw notInstalled(resource, this.client.server);
    const more = textAt(page, 'metadata', 'continue');
    return {
      // Items of a list do not say what they are.
      items: objectsAt(page, 'items').map((item) => ({ ...item, apiVersion, kind }) as unknown as KubeObject),
      next: more === '' ? undefined : more,
    };
  }

  async #write(resource: ResourceName, request: ApiRequest): Promise<KubeObject> {
    const answer = await this.client.find(request).catch((error: unknown) => {
      throw isConflict(error) ? error : (refusal(error) ?? asEnvironment(error));
    });
    if (answer !== undefined) return answer as unknown as KubeObject;
    await this.#mustBeInstalled(resource);
    throw new SluiceError(
      'invalid',
      'NotFound',
      `cannot ${request.doing}: the object or its namespace is not there`,
    );
  }

  /** Only for requests that may be repeated. Undefined for 404. */
  async #ask(request: ApiRequest): Promise<JsonObject | undefined> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.client.find(request);
      } catch (error) {
        const mayPass = isSluiceError(error) && error.kind === 'transient' && !isFinal(error);
        if (!mayPass || attempt >= attempts) throw asEnvironment(error);
        await sleep(Math.min(error.retryAfterMs ?? 200 * 2 ** attempt, 5000));
      }
    }
  }

  /** An object that is missing and a kind that is missing both answer 404. */
  async #mustBeInstalled(resource: ResourceName): Promise<void> {
    const { apiVersion } = resources[resource];
    const list = await this.#ask({
      method: 'GET',
      path: `/apis/${apiVersion}`,
      doing: `ask for the kinds of ${apiVersion}`,
    });
    const isThere = objectsAt(list, 'resources').some((each) => textAt(each, 'name') === resource);
    if (!isThere) throw notInstalled(resource, this.client.server);
  }
}

interface Page {
  readonly items: readonly KubeObject[];
  /** Where the next page begins. */
  readonly next: string | undefined;
}

/** The very request would meet the very answer. */
function isFinal(error: SluiceError): boolean {
  return isConflict(error) || error.details?.['statusCode'] === 410;
}

/** What the server, or a webhook of it, does not take as it is: nothing was written, and the user must change something. */
function refusal(error: unknown): SluiceError | undefined {
  if (!isSluiceError(error)) return undefined;
  const { code, message, details } = error;
  const isRefused =
    code === 'AlreadyExists' ||
    details?.['statusCode'] === 400 ||
    details?.['statusCode'] === 422 ||
    message.startsWith('admission webhook');
  return isRefused ? new SluiceError('invalid', code, message, { cause: error }) : undefined;
}

export function isConflict(error: unknown): boolean {
  return isSluiceError(error) && error.code === 'Conflict';
}

/** Whoever waits for this answer has no retry policy: a server that does not answer is trouble of the surroundings. */
function asEnvironment(error: unknown): unknown {
  if (!isSluiceError(error) || error.kind !== 'transient') return error;
  const { code, message, details } = error;
  return new SluiceError('environment', code, message, {
    cause: error,
    ...(details === undefined ? {} : { details }),
    hint: 'See whether the cluster runs and whether kubectl reaches it.',
  });
}

function notInstalled(resource: ResourceName, server: string): SluiceError {
  const { host } = new URL(server);
  const { apiVersion } = resources[resource];
  return new SluiceError(
    'environment',
    'NotInstalled',
    `the cluster at ${host} has no ${resource} (${apiVersion}): neither Sluice nor KubeVela is installed there`,
    { hint: 'Install the kinds and the controller: sluice install --apply' },
  );
}

function pathOf(resource: ResourceName, namespace: string | undefined, name?: string): string {
  const { apiVersion } = resources[resource];
  const place = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  const last = name === undefined ? '' : `/${encodeURIComponent(name)}`;
  return `/apis/${apiVersion}${place}/${resource}${last}`;
}
