import type { JsonObject } from '../../../api/json.ts';
import { numberAt, objectAt, objectsAt, textAt, valueAt } from '../../json-reading.ts';
import { duplicate, invalid, missing, required, unsupported } from './faults.ts';
import { dnsLabel } from './names.ts';
import { parseQuantity } from './quantity.ts';
import { addFault } from './validate-metadata.ts';

const pullPolicies = ['Always', 'IfNotPresent', 'Never'];
const protocols = ['SCTP', 'TCP', 'UDP'];

/** Faults of a Pod's spec that every API server finds; `path` is where it stands, such as `spec.template.spec`. */
export function validatePodSpec(spec: JsonObject, path: string): readonly string[] {
  const faults: string[] = [];
  const volumes = new Set<string>();
  objectsAt(spec, 'volumes').forEach((volume, index) => {
    const at = `${path}.volumes[${index}]`;
    const name = textAt(volume, 'name');
    if (name === '') faults.push(required(`${at}.name`));
    else if (volumes.has(name)) faults.push(duplicate(`${at}.name`, name));
    else addFault(faults, `${at}.name`, name, dnsLabel);
    volumes.add(name);
  });
  const containers = objectsAt(spec, 'containers');
  if (containers.length === 0) faults.push(required(`${path}.containers`));
  const names = new Set<string>();
  for (const list of ['initContainers', 'containers']) {
    objectsAt(spec, list).forEach((container, index) => {
      faults.push(...validateContainer(container, `${path}.${list}[${index}]`, names, volumes));
    });
  }
  return faults;
}

function validateContainer(
  container: JsonObject,
  path: string,
  names: Set<string>,
  volumes: ReadonlySet<string>,
): readonly string[] {
  const faults: string[] = [];
  const name = textAt(container, 'name');
  if (name === '') faults.push(required(`${path}.name`));
  else if (names.has(name)) faults.push(duplicate(`${path}.name`, name));
  else addFault(faults, `${path}.name`, name, dnsLabel);
  names.add(name);
  const image = textAt(container, 'image');
  if (image === '') faults.push(required(`${path}.image`));
  else if (image.trim() !== image)
    faults.push(invalid(`${path}.image`, image, 'must not have leading or trailing whitespace'));
  const policy = textAt(container, 'imagePullPolicy');
  if (policy !== '' && !pullPolicies.includes(policy))
    faults.push(unsupported(`${path}.imagePullPolicy`, policy, pullPolicies));
  objectsAt(container, 'ports').forEach((port, index) => {
    faults.push(...validatePort(port, `${path}.ports[${index}]`));
  });
  objectsAt(container, 'env').forEach((variable, index) => {
    if (textAt(variable, 'name') === '') faults.push(required(`${path}.env[${index}].name`));
  });
  objectsAt(container, 'volumeMounts').forEach((mount, index) => {
    const volume = textAt(mount, 'name');
    if (!volumes.has(volume)) faults.push(missing(`${path}.volumeMounts[${index}].name`, volume));
  });
  return [...faults, ...validateResources(objectAt(container, 'resources'), `${path}.resources`)];
}

function validatePort(port: JsonObject, path: string): readonly string[] {
  const number = numberAt(port, 'containerPort');
  const protocol = textAt(port, 'protocol');
  return [
    ...(number === undefined ? [required(`${path}.containerPort`)] : []),
    ...(number !== undefined && !isPort(number)
      ? [invalid(`${path}.containerPort`, number, 'must be between 1 and 65535, inclusive')]
      : []),
    ...(protocol !== '' && !protocols.includes(protocol)
      ? [unsupported(`${path}.protocol`, protocol, protocols)]
      : []),
  ];
}

export function isPort(number: number): boolean {
  return Number.isInteger(number) && number >= 1 && number <= 65_535;
}

function validateResources(resources: JsonObject, path: string): readonly string[] {
  const faults: string[] = [];
  for (const [name, request] of Object.entries(objectAt(resources, 'requests'))) {
    const limit = valueAt(resources, 'limits', name);
    if (typeof request !== 'string' || typeof limit !== 'string') continue;
    const [asked, most] = [parseQuantity(request), parseQuantity(limit)];
    if (asked !== undefined && most !== undefined && asked > most)
      faults.push(
        invalid(`${path}.requests`, request, `must be less than or equal to ${name} limit of ${limit}`),
      );
  }
  return faults;
}
