import type { JsonObject } from '../../../api/json.ts';
import { derivedNumber } from '../derived-identity.ts';
import { mapItems } from '../admission/set-defaults.ts';
import { numberAt, objectsAt, textAt } from '../../json-reading.ts';

/** Addresses of 10.96.0.0/16, without the network's own and that of the API server. */
const firstHost = 10;
const hosts = 65_500;
const firstNodePort = 30_000;
const nodePorts = 2_768;

/** The spec with cluster IP and node ports; the same Service in the same company always gets the same ones. */
export function allocateAddresses(spec: JsonObject, seed: string, others: readonly JsonObject[]): JsonObject {
  const type = textAt(spec, 'type');
  if (type === 'ExternalName') return spec;
  const given = textAt(spec, 'clusterIP');
  const ip = given === '' ? freeIp(seed, others) : given;
  const withIp: JsonObject = { ...spec, clusterIP: ip, clusterIPs: [ip] };
  if (type !== 'NodePort' && type !== 'LoadBalancer') return withIp;
  const taken = new Set(others.flatMap((other) => nodePortsOf(other)));
  for (const port of nodePortsOf(spec)) taken.add(port);
  return mapItems(withIp, 'ports', (port) => {
    if (numberAt(port, 'nodePort') !== undefined) return port;
    const start = derivedNumber(nodePorts, 'node-port', seed, numberAt(port, 'port') ?? 0);
    const nodePort = firstNodePort + probe(start, nodePorts, (offset) => taken.has(firstNodePort + offset));
    taken.add(nodePort);
    return { ...port, nodePort };
  });
}

function freeIp(seed: string, others: readonly JsonObject[]): string {
  const taken = new Set(others.map((other) => textAt(other, 'clusterIP')));
  return ipOf(probe(derivedNumber(hosts, 'cluster-ip', seed), hosts, (offset) => taken.has(ipOf(offset))));
}

function ipOf(offset: number): string {
  const number = offset + firstHost;
  return `10.96.${number >> 8}.${number & 255}`;
}

function nodePortsOf(spec: JsonObject): readonly number[] {
  return objectsAt(spec, 'ports').flatMap((port) => numberAt(port, 'nodePort') ?? []);
}

/** The first free place from `start` on, round the end; `start` when all are taken. */
function probe(start: number, size: number, isTaken: (offset: number) => boolean): number {
  for (let step = 0; step < size; step++) {
    const offset = (start + step) % size;
    if (!isTaken(offset)) return offset;
  }
  return start;
}
