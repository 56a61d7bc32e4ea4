// Writes schemas/kubernetes.json.zst: what a kube-apiserver of the version in scripts/control-plane/go.mod publishes of its
// kinds under /openapi/v3, without what only clients of other languages need. Run by hand when that version changes, since it
// starts an API server. With --check it starts none, and only compares the version that was recorded.
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { findPrograms } from './control-plane/find-programs.js';
import { startControlPlane } from './control-plane/start-control-plane.js';
import { kubernetesVersion } from './control-plane/versions.js';

const file = new URL('../schemas/kubernetes.json.zst', import.meta.url);
const version = /^v(\d+\.\d+)/.exec(kubernetesVersion)[1];

/** Keys that say what may be there and what it means; the others are about patches. */
const kept = new Set([
  'type',
  'format',
  'description',
  'required',
  'enum',
  '$ref',
  'x-kubernetes-int-or-string',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-embedded-resource',
  'x-kubernetes-group-version-kind',
]);

if (process.argv.includes('--check')) check();
else await generate();

function check() {
  const recorded = JSON.parse(zstdDecompressSync(readFileSync(file)).toString()).version;
  if (recorded === version) return;
  process.stderr.write(
    `schemas/kubernetes.json.zst is of Kubernetes ${recorded}, go.mod has ${version}; run node scripts/generate-openapi.js\n`,
  );
  process.exitCode = 1;
}

async function generate() {
  const signal = AbortSignal.timeout(600_000);
  const programs = await findPrograms({ env: process.env, say: console.log, signal });
  if (programs.skipped !== undefined) throw new Error(programs.skipped);
  const plane = await startControlPlane({ programs, others: [], hasControllers: false, signal });
  try {
    const published = await readSchemas(getFrom(plane.kubeconfig));
    const schemas = Object.fromEntries(
      [...withReferences(published)]
        .toSorted((a, b) => (a < b ? -1 : 1))
        .map((name) => [name, essence(published[name])]),
    );
    const text = JSON.stringify({ version, components: { schemas } });
    const packed = zstdCompressSync(text, { params: { [constants.ZSTD_c_compressionLevel]: 22 } });
    writeFileSync(file, packed);
    console.log(
      `Kubernetes ${version}: ${Object.keys(schemas).length} schemas, ${text.length} bytes, packed ${packed.length}`,
    );
  } finally {
    await plane.stop();
  }
}

function getFrom(kubeconfig) {
  const { clusters, users } = JSON.parse(readFileSync(kubeconfig, 'utf8'));
  const { server, 'certificate-authority-data': ca } = clusters[0].cluster;
  const headers = { accept: 'application/json', authorization: `Bearer ${users[0].user.token}` };
  return (path) =>
    new Promise((resolve, reject) => {
      request(`${server}${path}`, { ca: Buffer.from(ca, 'base64'), headers }, (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())));
      })
        .on('error', reject)
        .end();
    });
}

async function readSchemas(get) {
  const { paths } = await get('/openapi/v3');
  const versions = Object.entries(paths).filter(([path]) => /^apis?\/.*v\d/.test(path));
  const documents = await Promise.all(versions.map(([, { serverRelativeURL }]) => get(serverRelativeURL)));
  return Object.assign({}, ...documents.map(({ components }) => components?.schemas ?? {}));
}

/** The kinds that are objects of their own, and all that they refer to. */
function withReferences(schemas) {
  const wanted = new Set();
  const add = (name) => {
    if (wanted.has(name) || schemas[name] === undefined) return;
    wanted.add(name);
    for (const [, ref] of JSON.stringify(schemas[name]).matchAll(/#\/components\/schemas\/([^"]+)/g))
      add(ref);
  };
  for (const [name, schema] of Object.entries(schemas)) if (isObjectKind(schema)) add(name);
  return wanted;
}

function isObjectKind(schema) {
  return (
    schema['x-kubernetes-group-version-kind']?.length === 1 &&
    schema.properties?.metadata !== undefined &&
    schema.properties.items === undefined
  );
}

function essence(schema) {
  if (typeof schema !== 'object') return schema;
  const result = {};
  for (const [key, value] of Object.entries(schema)) {
    if (kept.has(key)) result[key] = value;
    else if (key === 'properties')
      result.properties = Object.fromEntries(
        Object.entries(value).map(([name, each]) => [name, essence(each)]),
      );
    else if (key === 'items' || key === 'additionalProperties') result[key] = essence(value);
    else if (key === 'allOf' || key === 'oneOf') result[key] = value.map(essence);
  }
  return result;
}
