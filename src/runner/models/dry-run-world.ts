import { SluiceError } from '../../api/errors.ts';
import type { Cluster, Clusters } from '../../cluster/port.ts';
import type { MailClient } from '../../net/mail/mail-client.ts';
import type { HttpClient } from '../../net/http-client.ts';

/** Clusters that are read and never written: what is applied is answered as if it had been. */
export function unwritten(clusters: Clusters): Clusters {
  return {
    kind: clusters.kind,
    get: async (name) => readOnly(await clusters.get(name)),
    names: () => clusters.names(),
    ...(clusters.knows === undefined ? {} : { knows: (name: string) => clusters.knows?.(name) === true }),
    close: () => clusters.close(),
  };
}

function readOnly(cluster: Cluster): Cluster {
  return {
    name: cluster.name,
    kind: cluster.kind,
    apply: async (object) => object,
    get: (ref) => cluster.get(ref),
    list: (query) => cluster.list(query),
    patch: ({ kind, name }) => Promise.reject(notDone(`${kind} ${name} was not patched`)),
    delete: ({ kind, name }) => Promise.reject(notDone(`${kind} ${name} was not deleted`)),
    watch: (ref, onChange, signal) => cluster.watch(ref, onChange, signal),
    ...(cluster.podLog === undefined ? {} : { podLog: cluster.podLog.bind(cluster) }),
  };
}

/** Sends what only reads. */
export function readingHttp(http: HttpClient): HttpClient {
  return {
    async send(request) {
      if (request.method === 'GET' || request.method === 'HEAD') return await http.send(request);
      throw notDone(`the ${request.method} to ${new URL(request.url).host} was not sent`);
    },
    close: () => http.close(),
  };
}

/** Sends nothing. */
export const unsentMail: MailClient = {
  async send({ host }) {
    throw notDone(`the mail by ${host} was not sent`);
  },
};

function notDone(what: string): SluiceError {
  return new SluiceError('terminal', 'DryRun', `dry run: ${what}`);
}
