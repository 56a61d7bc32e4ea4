import type { ImageReference, MalformedImage } from '../image-reference.ts';
import { suggestImage } from '../image-suggestion.ts';

export interface PullFailure {
  /** The waiting reason of the container. */
  readonly reason: string;
  /** What the kubelet and the runtime said. */
  readonly message: string;
  readonly image: ImageReference | MalformedImage;
  /** The image as the spec has it, safe to print. */
  readonly shown: string;
  readonly fieldPath: string;
}

export interface PullExplanation {
  readonly text: string;
  readonly fix: string;
  readonly needsSecret: boolean;
}

/** Why a pull failed and what to do, from the words that containerd, CRI-O and dockerd use. */
export function explainPull(failure: PullFailure): PullExplanation {
  const { reason, message, image, fieldPath } = failure;
  const says = (pattern: RegExp): boolean => pattern.test(message);
  if (image.kind === 'malformed') {
    return explained(
      `it is no image reference: ${image.reason}.`,
      `Correct ${fieldPath}; the form is [HOST[:PORT]/][NAMESPACE/]NAME[:TAG][@DIGEST], in lower case.`,
    );
  }
  const host = image.host;
  if (reason === 'ErrImageNeverPull') {
    return explained(
      'imagePullPolicy is Never and the node does not have it.',
      `Set imagePullPolicy to IfNotPresent, or load the image on every node first.`,
    );
  }
  if (reason === 'InvalidImageName' || says(/invalid reference format|parse image name/i)) {
    return explained(
      'the runtime refuses the name.',
      `Correct ${fieldPath}; the form is [HOST[:PORT]/][NAMESPACE/]NAME[:TAG][@DIGEST].`,
    );
  }
  if (says(/toomanyrequests|\b429\b|rate limit/i)) {
    return explained(
      `${host} refuses more pulls for now (rate limit).`,
      `Wait for the limit to reset, log in to ${host} with an image pull secret, or use a mirror.`,
      true,
    );
  }
  if (says(/no such host|server misbehaving|name resolution|could not resolve/i)) {
    return explained(
      `the registry host ${host} is not known to DNS.`,
      `Correct the host in ${fieldPath}, or make ${host} known to the DNS of the nodes.`,
    );
  }
  if (says(/x509|certificate|http: server gave HTTP response to HTTPS client/i)) {
    return explained(
      `the node does not trust the TLS certificate of ${host}, or ${host} speaks plain HTTP.`,
      `Give ${host} a certificate that the nodes trust, or add its CA to the container runtime of every node.`,
    );
  }
  if (
    says(
      /connection refused|i\/o timeout|no route to host|network is unreachable|deadline exceeded|Client\.Timeout/i,
    )
  ) {
    return explained(
      `the nodes cannot reach ${host}.`,
      `Check proxy, firewall and routes from the nodes to ${host}, and that the registry runs.`,
    );
  }
  if (says(/no match(?:ing manifest)? for platform|no matching manifest/i)) {
    return explained(
      'it was not built for the CPU architecture of the node.',
      `Build and push ${failure.shown} for that architecture, or choose nodes with a nodeSelector on kubernetes.io/arch.`,
    );
  }
  return explainMissing(failure, image);
}

function explainMissing(failure: PullFailure, image: ImageReference): PullExplanation {
  const { message, fieldPath } = failure;
  const name = `${image.host}/${image.repository}`;
  const suggestion = suggestImage(image);
  const meant = suggestion === undefined ? '' : ` Did you mean "${suggestion}"?`;
  const says = (pattern: RegExp): boolean => pattern.test(message);
  if (says(/does not exist|pull access denied|repository .{0,300}not found|name unknown|NAME_UNKNOWN/i)) {
    if (image.official) {
      return explained(
        `without host and namespace it means ${name}, and Docker Hub has no official image of that name.${meant}`,
        `Correct ${fieldPath}${suggestion === undefined ? '' : ` (perhaps "${suggestion}")`}; an image of your own is named with its registry or namespace, such as registry.example.com/team/app:1.2.`,
      );
    }
    return explained(
      `there is no repository ${name}, or it is private and the cluster sent no credentials that may read it.${meant}`,
      `Correct ${fieldPath}; if the name is right, add an image pull secret for ${image.host} under imagePullSecrets.`,
      true,
    );
  }
  if (
    says(
      /unauthorized|authorization failed|authentication required|no basic auth credentials|\b40[13]\b|forbidden|denied/i,
    )
  ) {
    return explained(
      `${image.host} asks for credentials, and the cluster sent none that may read ${image.repository}.`,
      `Add an image pull secret for ${image.host} under imagePullSecrets, or let its account read ${image.repository}.`,
      true,
    );
  }
  if (says(/not found|manifest unknown|MANIFEST_UNKNOWN/i)) {
    const version =
      image.digest === '' ? `tag "${image.tag === '' ? 'latest' : image.tag}"` : 'content with that digest';
    return explained(
      `${name} has no ${version}.`,
      `Correct the ${image.digest === '' ? 'tag' : 'digest'} in ${fieldPath} to one that was pushed.${meant}`,
    );
  }
  return explained(
    `the node could not get it from ${image.host}; the evidence has its words.`,
    `Pull ${failure.shown} by hand from a node's network to see the answer of ${image.host}, then correct ${fieldPath} or the registry.${meant}`,
  );
}

function explained(text: string, fix: string, needsSecret: boolean = false): PullExplanation {
  return { text, fix, needsSecret };
}
