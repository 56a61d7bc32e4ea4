/** An image name as a container runtime reads it, with Docker Hub's defaults filled in. */
export interface ImageReference {
  readonly kind: 'image';
  /** `docker.io` when the name has no host. */
  readonly host: string;
  /** With `library/` for an official image. */
  readonly repository: string;
  /** '' when the name has none; the runtime then takes `latest`, unless there is a digest. */
  readonly tag: string;
  readonly digest: string;
  /** No host and no namespace were written: only a Docker Official Image can be meant. */
  readonly official: boolean;
}

export interface MalformedImage {
  readonly kind: 'malformed';
  readonly reason: string;
}

const component = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*$/;
const label = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,252}[a-zA-Z0-9])?';
const hostName = new RegExp(`^(?:${label}(?:\\.${label})*|\\[[0-9a-fA-F:]+\\])(?::[0-9]+)?$`);
const tagName = /^\w[\w.-]{0,127}$/;
const digestName = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
const longestRepository = 255;

export function parseImage(text: string): ImageReference | MalformedImage {
  if (text.trim() === '') return malformed('the name is empty');
  if (/\s/.test(text)) return malformed('it contains white space');
  if (text.length > 1024) return malformed('it is longer than 1024 characters');
  if (/^[a-f0-9]{64}$/.test(text)) return malformed('it is the id of an image, not a name');
  if (/^[a-z]+:\/\//i.test(text))
    return malformed('it starts with a URL scheme, which image names do not have');
  const at = text.indexOf('@');
  const digest = at < 0 ? '' : text.slice(at + 1);
  if (at >= 0 && !isDigest(digest))
    return malformed('the part after @ is no digest such as sha256:<64 hex digits>');
  const named = at < 0 ? text : text.slice(0, at);
  const colon = named.lastIndexOf(':');
  const hasTag = colon > named.lastIndexOf('/');
  const tag = hasTag ? named.slice(colon + 1) : '';
  if (hasTag && !tagName.test(tag))
    return malformed(tag === '' ? 'the tag is empty' : 'the tag has characters that tags cannot have');
  return fromPath(hasTag ? named.slice(0, colon) : named, tag, digest);
}

function fromPath(path: string, tag: string, digest: string): ImageReference | MalformedImage {
  const parts = path.split('/');
  const first = parts[0] ?? '';
  const hasHost =
    parts.length > 1 && (/[.:[]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  if (hasHost && !hostName.test(first)) return malformed('the registry host is not a host name');
  const names = hasHost ? parts.slice(1) : parts;
  for (const name of names) {
    if (name === '') return malformed('a part between slashes is empty');
    if (name !== name.toLowerCase()) return malformed('repository names must be lower case');
    if (!component.test(name))
      return malformed('the repository has characters or separators that names cannot have');
  }
  const isHub = !hasHost || first === 'docker.io' || first === 'index.docker.io';
  const repository = isHub && names.length === 1 ? `library/${names[0]}` : names.join('/');
  if (repository.length > longestRepository)
    return malformed(`the repository is longer than ${longestRepository} characters`);
  return {
    kind: 'image',
    host: isHub ? 'docker.io' : first,
    repository,
    tag,
    digest,
    official: isHub && repository.startsWith('library/'),
  };
}

function isDigest(text: string): boolean {
  return digestName.test(text) && (!text.startsWith('sha256:') || /^sha256:[0-9a-f]{64}$/.test(text));
}

function malformed(reason: string): MalformedImage {
  return { kind: 'malformed', reason };
}
