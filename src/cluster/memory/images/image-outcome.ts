import { fullImageName, parseImageName, type ImageName } from './image-name.ts';
import type { ClusterRules } from './cluster-rules.ts';
import { findImageRule } from './cluster-rules.ts';
import { officialImages } from './official-images.ts';

/** What comes of a container with this image. It is decided when an object is written, and stored with it. */
export type ImageOutcome =
  /** `exitCode`: the program ends so, again and again. `ready: false`: it runs and never becomes ready. */
  | { readonly kind: 'pulls'; readonly exitCode?: number; readonly ready?: false }
  /** `message` is the runtime's. */
  | { readonly kind: 'refused'; readonly message: string }
  /** The kubelet does not even ask the runtime. `message` is the parser's. */
  | { readonly kind: 'invalid-name'; readonly message: string };

/** By image, as the containers spell it. */
export type ImageOutcomes = Readonly<Record<string, ImageOutcome>>;

/**
 * An image pulls unless its name is malformed, its host ends in `.invalid`, it has neither host nor namespace and is no
 * Docker Official Image, or a rule says otherwise.
 */
export function decideImage(image: string, cluster: string, rules: ClusterRules): ImageOutcome {
  const name = parseImageName(image);
  if (name.kind === 'malformed')
    return { kind: 'invalid-name', message: `couldn't parse image name "${image}": ${name.reason}` };
  const rule = findImageRule(rules, cluster, [image, fullImageName(name)]);
  if (rule?.pull === false) return { kind: 'refused', message: rule.error ?? notFound(name) };
  if (rule === undefined || rule.pull === undefined) {
    if (name.hostName === 'invalid' || name.hostName.endsWith('.invalid'))
      return { kind: 'refused', message: noSuchHost(name) };
    const isOfficial = name.host === 'docker.io' && name.repository.startsWith('library/');
    if (isOfficial && !officialImages.has(name.repository.slice('library/'.length)))
      return { kind: 'refused', message: accessDenied(name) };
  }
  return {
    kind: 'pulls',
    ...(rule?.exitCode === undefined ? {} : { exitCode: rule.exitCode }),
    ...(rule?.ready === false ? { ready: false } : {}),
  };
}

// The wording is containerd's, so that people and programs that know it recognise it.

function accessDenied(name: ImageName): string {
  return `${resolving(name)}: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`;
}

function noSuchHost(name: ImageName): string {
  const { host, hostName, repository } = name;
  const url = `https://${host}/v2/${repository}/manifests/${name.digest ?? name.tag ?? 'latest'}`;
  return `${resolving(name)}: failed to do request: Head "${url}": dial tcp: lookup ${hostName}: no such host`;
}

function notFound(name: ImageName): string {
  return `rpc error: code = NotFound desc = ${resolving(name)}: ${fullImageName(name)}: not found`;
}

function resolving(name: ImageName): string {
  const full = fullImageName(name);
  return `failed to pull and unpack image "${full}": failed to resolve reference "${full}"`;
}
