import type { Json, JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { base64, type Canaries } from './scene.ts';

/** How secrets stand in messages and logs. Each shows by its name, its shape or its place that it is one. */
const forms: readonly (readonly [name: string, text: (value: string) => string])[] = [
  ['assignment', (value) => `env had DB_PASSWORD=${value} set`],
  ['user-info', (value) => `dial postgres://app:${value}@db.acme.com:5432/x: refused`],
  ['registry', (value) => `pull "https://robot:${value}@registry.acme.com/v2/": unauthorized`],
  ['header', (value) => `sent Authorization: Bearer ${value} in vain`],
  ['JSON', (value) => `body {"access_token":"${value}","a":1} refused`],
  ['escaped JSON', (value) => `body {\\"client_secret\\":\\"${value}\\"} refused`],
  ['cookie', (value) => `probe sent Cookie: session=${value}; theme=dark`],
  ['token of a vendor', (value) => `remote: bad key ghp_${value}abcdefghijklmnopqrstuvwx`],
  ['curl', (value) => `curl -u admin:${value} http://localhost failed`],
  ['flag', (value) => `run: app --api-key ${value} --verbose: exit 1`],
  [
    'private key',
    (value) => `bad key -----BEGIN RSA PRIVATE KEY-----\n${value}\n-----END RSA PRIVATE KEY-----`,
  ],
  ['webhook', (value) => `post https://hooks.slack.com/services/T0/B0/${value}: 410`],
  ['JWT', (value) => `token eyJhbGciOiJIUzI1NiJ9.${value}.${value} expired`],
  ['query', (value) => `GET /x?access_token=${value}&a=1: 401`],
  ['base64', (value) => `stdin ${base64(`user=app\npassword=${value}\n`)} not read`],
  ['registry credentials', (value) => `bad {"auths":{"r.acme.com":{"auth":"${base64(`u:${value}`)}"}}}`],
  ['YAML', (value) => `read config:\n  password: ${value}\n  user: app\nfailed`],
];

export const formCount: number = forms.length;

/** Messages with a secret each, in form after form; `first` is the form to begin with. */
export function leakyText(c: Canaries, first: number): (slot: string) => string {
  let at = first;
  return (slot) => {
    const [name, text] = forms[at++ % forms.length] ?? ['', String];
    return text(c.plant(`${slot}: ${name}`));
  };
}

/** The objects with a secret in each text that somebody else wrote: messages of events, conditions, containers, reports. */
export function withLeakyMessages(
  objects: readonly KubeObject[],
  leaky: (slot: string) => string,
): readonly KubeObject[] {
  return objects.map(
    (object) => spoilt(object as unknown as JsonObject, object.kind, leaky) as unknown as KubeObject,
  );
}

function spoilt(value: Json, path: string, leaky: (slot: string) => string): Json {
  if (Array.isArray(value)) return value.map((item: Json) => spoilt(item, path, leaky));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]): [string, Json] => {
      const place = `${path}.${key}`;
      const isText = (key === 'message' || key === 'address') && typeof item === 'string';
      return [key, isText ? leaky(place) : spoilt(item, place, leaky)];
    }),
  );
}
