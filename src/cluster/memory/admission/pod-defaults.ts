import { isObject, type Json, type JsonObject } from '../../../api/json.ts';
import { parseImageName } from '../images/image-name.ts';
import { objectAt, textAt } from '../../json-reading.ts';
import { mapField, mapItems, withDefaults } from './set-defaults.ts';

const containerLists = ['containers', 'initContainers', 'ephemeralContainers'];

/** A Pod's spec, or a template's, as the API server fills it in. */
export function podSpecDefaults(spec: JsonObject): JsonObject {
  let result = withDefaults(spec, {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
  });
  const account = textAt(result, 'serviceAccountName') || textAt(result, 'serviceAccount');
  if (account !== '') result = { ...result, serviceAccount: account, serviceAccountName: account };
  for (const list of containerLists) result = mapItems(result, list, containerDefaults);
  return mapItems(result, 'volumes', volumeDefaults);
}

/** What the server adds to a Pod itself, and not to a template. */
export function runningPodDefaults(spec: JsonObject): JsonObject {
  const account = textAt(spec, 'serviceAccountName') || 'default';
  const filled = withDefaults(spec, {
    enableServiceLinks: true,
    preemptionPolicy: 'PreemptLowerPriority',
    priority: 0,
    serviceAccount: account,
    serviceAccountName: account,
    tolerations: [noExecute('not-ready'), noExecute('unreachable')],
  });
  return containerLists.reduce((result, list) => mapItems(result, list, requestsFromLimits), filled);
}

function noExecute(condition: string): JsonObject {
  return {
    effect: 'NoExecute',
    key: `node.kubernetes.io/${condition}`,
    operator: 'Exists',
    tolerationSeconds: 300,
  };
}

function containerDefaults(container: JsonObject): JsonObject {
  let result = withDefaults(container, {
    imagePullPolicy: defaultPullPolicy(textAt(container, 'image')),
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  });
  result = mapItems(result, 'ports', (port) => withDefaults(port, { protocol: 'TCP' }));
  result = mapItems(result, 'env', envDefaults);
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe'])
    result = mapField(result, probe, probeDefaults);
  result = mapField(result, 'lifecycle', (lifecycle) =>
    ['postStart', 'preStop'].reduce((all, hook) => mapField(all, hook, httpGetDefaults), lifecycle),
  );
  return mapField(result, 'resources', (resources) =>
    ['limits', 'requests'].reduce((all, list) => mapField(all, list, quantities), resources),
  );
}

/** Always for `latest`, spelt out or not, so that a moved tag is seen. */
function defaultPullPolicy(image: string): string {
  const name = parseImageName(image);
  if (name.kind === 'malformed' || name.digest !== undefined) return 'IfNotPresent';
  return name.tag === undefined || name.tag === 'latest' ? 'Always' : 'IfNotPresent';
}

function envDefaults(variable: JsonObject): JsonObject {
  return mapField(variable, 'valueFrom', (source) =>
    mapField(source, 'fieldRef', (reference) => withDefaults(reference, { apiVersion: 'v1' })),
  );
}

function probeDefaults(probe: JsonObject): JsonObject {
  const timed = withDefaults(probe, {
    failureThreshold: 3,
    periodSeconds: 10,
    successThreshold: 1,
    timeoutSeconds: 1,
  });
  return mapField(httpGetDefaults(timed), 'grpc', (grpc) => withDefaults(grpc, { service: '' }));
}

function httpGetDefaults(handler: JsonObject): JsonObject {
  return mapField(handler, 'httpGet', (get) => withDefaults(get, { path: '/', scheme: 'HTTP' }));
}

const filesWithMode = ['configMap', 'secret', 'downwardAPI', 'projected'];

function volumeDefaults(volume: JsonObject): JsonObject {
  const hasSource = Object.keys(volume).some((key) => key !== 'name');
  // A volume that names no source is an empty directory.
  const named: JsonObject = hasSource ? volume : { ...volume, emptyDir: {} };
  const withModes = filesWithMode.reduce(
    (all, source) => mapField(all, source, (field) => withDefaults(field, { defaultMode: 420 })),
    named,
  );
  return mapField(withModes, 'hostPath', (path) => withDefaults(path, { type: '' }));
}

/** Amounts are text in the API; YAML readers often make numbers of them. */
function quantities(amounts: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(amounts).map(([name, amount]): [string, Json] => [
      name,
      typeof amount === 'number' || typeof amount === 'bigint' ? String(amount) : amount,
    ]),
  );
}

function requestsFromLimits(container: JsonObject): JsonObject {
  const limits = objectAt(container, 'resources', 'limits');
  if (Object.keys(limits).length === 0) return container;
  return mapField(container, 'resources', (resources) => ({
    ...resources,
    requests: withDefaults(isObject(resources['requests']) ? resources['requests'] : {}, limits),
  }));
}
