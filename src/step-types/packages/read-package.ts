import type { Fault } from '../../api/fault.ts';
import { isObject, type Json, type JsonObject } from '../../api/json.ts';
import type { CuePackage, PackageProvider } from '../../cue/user-package.ts';
import type { FieldPath, SourceDocument } from '../../yaml/source-document.ts';

/** Says that any certificate of a Package's server will do. An annotation, since KubeVela's CRD would drop a field. */
export const insecureAnnotation = 'sluice.dev/insecure-skip-verify';

export interface ReadPackage {
  /** With the first of the errors in `unusable`. */
  readonly package: CuePackage;
  readonly faults: readonly Fault[];
}

/** Reads a Package; all faults of its structure at once. Its CUE is not looked at. */
export function readPackage(document: SourceDocument): ReadPackage {
  const faults: Fault[] = [];
  const fault: AddFault = (path, message) =>
    void faults.push({ ...document.locate(path), code: 'BadPackage', severity: 'error', message });
  const { metadata, spec: given } = isObject(document.value) ? document.value : {};
  const about = isObject(metadata) ? metadata : {};
  const spec = isObject(given) ? given : {};
  const name = nameOf(about, fault);
  const path = pathOf(spec, fault);
  const files = filesOf(spec, fault);
  const provider = providerOf(spec['provider'], isInsecure(about, fault), fault);
  return {
    package: {
      name,
      path,
      files,
      ...(provider === undefined ? {} : { provider }),
      ...(faults[0] === undefined ? {} : { unusable: faults[0].message }),
    },
    faults,
  };
}

type AddFault = (path: FieldPath, message: string) => void;

function nameOf({ name }: JsonObject, fault: AddFault): string {
  if (typeof name === 'string' && name !== '') return name;
  fault(['metadata', 'name'], 'metadata.name must be a text: it is the #provider of the functions');
  return '';
}

const segment = String.raw`[A-Za-z0-9_][A-Za-z0-9_.-]*`;
const importPath = new RegExp(`^${segment}(?:/${segment})*$`);

function pathOf({ path }: JsonObject, fault: AddFault): string {
  if (typeof path === 'string' && importPath.test(path)) return path;
  fault(['spec', 'path'], 'spec.path must be the path that templates import, such as ext/db/mysql');
  return '';
}

function filesOf({ templates }: JsonObject, fault: AddFault): CuePackage['files'] {
  const place = ['spec', 'templates'];
  const entries = isObject(templates) ? Object.entries(templates) : [];
  if (entries.length === 0) fault(place, 'spec.templates must hold at least one file of CUE by its name');
  return entries
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, text]) => {
      if (typeof text === 'string') return [{ name, text }];
      fault([...place, name], 'a file of spec.templates must be a text of CUE');
      return [];
    });
}

function isInsecure({ annotations }: JsonObject, fault: AddFault): boolean {
  const value = isObject(annotations) ? annotations[insecureAnnotation] : undefined;
  if (value !== undefined && value !== 'true' && value !== 'false')
    fault(['metadata', 'annotations', insecureAnnotation], `${insecureAnnotation} must be "true" or "false"`);
  return value === 'true';
}

function providerOf(
  provider: Json | undefined,
  insecureSkipVerify: boolean,
  fault: AddFault,
): PackageProvider | undefined {
  if (provider === undefined || provider === null) return undefined;
  const place = ['spec', 'provider'];
  if (!isObject(provider)) {
    fault(place, 'spec.provider must be an object with protocol and endpoint');
    return undefined;
  }
  const endpoint = endpointOf(provider, fault);
  const headers = headersOf(provider['header'] ?? {}, fault);
  return endpoint === undefined ? undefined : { endpoint, headers, insecureSkipVerify };
}

function endpointOf({ protocol, endpoint }: JsonObject, fault: AddFault): string | undefined {
  const place = ['spec', 'provider', 'protocol'];
  if (protocol === 'grpc') {
    fault(place, 'providers over gRPC cannot be called: offer the functions over http or https');
    return undefined;
  }
  if (protocol !== 'http' && protocol !== 'https') {
    fault(place, 'spec.provider.protocol must be http or https');
    return undefined;
  }
  const url = typeof endpoint === 'string' && URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  const at = ['spec', 'provider', 'endpoint'];
  if (typeof endpoint !== 'string' || url === undefined || !/^https?:$/.test(url.protocol)) {
    fault(
      at,
      'spec.provider.endpoint must be an http or https address, such as https://tables.example.com/mysql',
    );
    return undefined;
  }
  if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') {
    fault(
      at,
      'spec.provider.endpoint must have no user name, password, query or fragment; use spec.provider.header',
    );
    return undefined;
  }
  if (protocol === 'https' && url.protocol !== 'https:') {
    fault(at, 'spec.provider.protocol is https, and the endpoint begins with http:');
    return undefined;
  }
  return endpoint;
}

function headersOf(header: Json, fault: AddFault): Readonly<Record<string, string>> {
  const entries = isObject(header) ? Object.entries(header) : [];
  if (!isObject(header) || entries.some(([, value]) => typeof value !== 'string'))
    fault(['spec', 'provider', 'header'], 'spec.provider.header must hold texts by the names of headers');
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
