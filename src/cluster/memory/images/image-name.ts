/** An image name as a container runtime reads it, with Docker Hub's defaults filled in. */
export interface ImageName {
  readonly kind: 'image';
  /** `docker.io` when the name has no host. */
  readonly host: string;
  /** Without a port; `registry.example` of `registry.example:5000`. */
  readonly hostName: string;
  /** With `library/` for an official image. */
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** `reason` is in the words of the reference parser that kubelet and containerd share. */
export interface BadImageName {
  readonly kind: 'malformed';
  readonly reason: string;
}

const component = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*$/;
const label = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,252}[a-zA-Z0-9])?';
const hostPattern = new RegExp(`^(?:${label}(?:\\.${label})*|\\[[0-9a-fA-F:]+\\])(?::[0-9]+)?$`);
const tagPattern = /^\w[\w.-]{0,127}$/;
const digestPattern = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
/** Of repository names; longer ones are refused. */
const longestRepository = 255;

const malformed: BadImageName = { kind: 'malformed', reason: 'invalid reference format' };

export function parseImageName(text: string): ImageName | BadImageName {
  // 64 digits and no more are an image's id, which is no name.
  if (text.length > 1024 || /^[a-f0-9]{64}$/.test(text)) return malformed;
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : text.slice(at + 1);
  if (digest !== undefined && !isDigest(digest)) return malformed;
  const named = at < 0 ? text : text.slice(0, at);
  const colon = named.lastIndexOf(':');
  const hasTag = colon > named.lastIndexOf('/');
  const tag = hasTag ? named.slice(colon + 1) : undefined;
  if (tag !== undefined && !tagPattern.test(tag)) return malformed;
  return parsePath(hasTag ? named.slice(0, colon) : named, tag, digest);
}

/** `docker.io/library/nginx:latest` for `nginx`. */
export function fullImageName({ host, repository, tag, digest }: ImageName): string {
  const version = `${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
  return `${host}/${repository}${version === '' ? ':latest' : version}`;
}

function parsePath(
  path: string,
  tag: string | undefined,
  digest: string | undefined,
): ImageName | BadImageName {
  const [first = '', ...rest] = path.split('/');
  const hasHost =
    rest.length > 0 && (/[.:[]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  if (hasHost && !hostPattern.test(first)) return malformed;
  const isHub = !hasHost || first === 'docker.io' || first === 'index.docker.io';
  const names = hasHost ? rest : [first, ...rest];
  const repository = isHub && names.length === 1 ? `library/${names[0]}` : names.join('/');
  if (repository !== repository.toLowerCase()) {
    return {
      kind: 'malformed',
      reason: `invalid reference format: repository name (${repository}) must be lowercase`,
    };
  }
  if (!names.every((name) => component.test(name))) return malformed;
  if (repository.length > longestRepository) {
    return {
      kind: 'malformed',
      reason: `repository name must not be more than ${longestRepository} characters`,
    };
  }
  const host = isHub ? 'docker.io' : first;
  return {
    kind: 'image',
    host,
    hostName: host.replace(/:[0-9]+$/, '').toLowerCase(),
    repository,
    tag,
    digest,
  };
}

function isDigest(text: string): boolean {
  return digestPattern.test(text) && (!text.startsWith('sha256:') || /^sha256:[0-9a-f]{64}$/.test(text));
}
