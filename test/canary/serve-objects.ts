import type { KubeObject } from '../../src/api/kube-object.ts';
import { isNamespaced, resourceOf } from '../../src/cluster/known-kinds.ts';
import { openMemory } from '../cluster-port/fixtures.ts';
import { answerJson, answerStatus, ApiServer } from '../cluster-port/api-server.ts';
import { writeKubeconfig } from '../cluster-port/kubeconfig-file.ts';
import type { Place } from './scene.ts';

/** An API server with exactly these objects, each as it is given, and one log for every container. */
export async function serveObjects(objects: readonly KubeObject[], log: string): Promise<Place> {
  const server = await ApiServer.over((await openMemory()).cluster);
  for (const { apiVersion, kind } of objects) {
    const served = server.kinds.get(apiVersion) ?? [];
    const name = resourceOf(apiVersion, kind).split('.')[0] ?? '';
    server.kinds.set(apiVersion, [...served, { kind, name, namespaced: isNamespaced(apiVersion, kind) }]);
  }
  server.intercept = ({ method, path }, response) => {
    if (path.endsWith('/log')) {
      response.end(log);
      return true;
    }
    const named = /^\/(?:api|apis\/([^/]+))\/[^/]+(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?$/.exec(
      path,
    );
    const [, group = '', namespace, plural = '', name] = named ?? [];
    if (method !== 'GET' || named === null) return false;
    const resource = group === '' ? plural : `${plural}.${group}`;
    const items = objects.filter(
      ({ apiVersion, kind, metadata }) =>
        resourceOf(apiVersion, kind) === resource &&
        (namespace === undefined || metadata.namespace === namespace) &&
        (name === undefined || metadata.name === name),
    );
    if (name === undefined)
      answerJson(response, 200, { kind: 'List', metadata: { resourceVersion: '1' }, items });
    else if (items[0] === undefined)
      answerStatus(response, 404, 'NotFound', `${resource} "${name}" not found`);
    else answerJson(response, 200, items[0]);
    return true;
  };
  const kubeconfig = writeKubeconfig([{ name: 'main', server: server.url }]);
  return {
    kubeconfig: kubeconfig.file,
    async close() {
      kubeconfig.remove();
      await server.close();
    },
  };
}
