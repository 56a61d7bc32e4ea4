import type { ImageReference, MalformedImage } from '../image-reference.ts';
import { explainMissingImage } from './image-missing.ts';

export interface PullFailure {
  /** The waiting reason of the container. */
  readonly reason: string;
  /** What the kubelet and the runtime said. */
  readonly message: string;
  readonly image: ImageReference | MalformedImage;
  readonly fieldPath: string;
}

/** Which commands help: name another image, add credentials, either, none. */
export type Remedy = 'image' | 'credentials' | 'either' | 'none';

export interface PullExplanation {
  /** Follows "cannot be pulled: ". */
  readonly text: string;
  readonly fix: string;
  readonly remedy: Remedy;
}

const form = 'the form is [HOST[:PORT]/][NAMESPACE/]NAME[:TAG][@DIGEST], in lower case';

/** Why a pull failed and what to do, from the words that containerd, CRI-O and dockerd use. */
export function explainPull(failure: PullFailure): PullExplanation {
  const { reason, message, image, fieldPath } = failure;
  if (image.kind === 'malformed') {
    const text = `it is no image reference: ${image.reason}.`;
    return { text, fix: `Correct ${fieldPath}; ${form}.`, remedy: 'image' };
  }
  if (reason === 'ErrImageNeverPull') {
    return {
      text: 'imagePullPolicy is Never, and the node does not have it.',
      fix: 'Set imagePullPolicy to IfNotPresent, or load the image on every node first.',
      remedy: 'none',
    };
  }
  if (reason === 'InvalidImageName') {
    return { text: 'the runtime refuses the name.', fix: `Correct ${fieldPath}; ${form}.`, remedy: 'image' };
  }
  const known = reasons.find(({ pattern }) => pattern.test(message));
  if (known === undefined) return explainMissingImage(message, image, fieldPath);
  const fill = (template: string): string =>
    template.replaceAll('HOST', image.host).replaceAll('FIELD', () => fieldPath);
  return { text: fill(known.text), fix: fill(known.fix), remedy: known.remedy };
}

/** HOST stands for the registry, FIELD for the path of the image in the object. */
const reasons: readonly {
  readonly pattern: RegExp;
  readonly text: string;
  readonly fix: string;
  readonly remedy: Remedy;
}[] = [
  {
    pattern: /toomanyrequests|\b429\b|rate limit/i,
    text: 'HOST refuses more pulls for now (rate limit).',
    fix: 'Wait until the limit resets, log in to HOST with an image pull secret, or use a mirror.',
    remedy: 'credentials',
  },
  {
    pattern: /no such host|server misbehaving|name resolution|could not resolve/i,
    text: 'DNS does not know the registry host HOST.',
    fix: 'Correct the host in FIELD, or make HOST known to the DNS of the nodes.',
    remedy: 'image',
  },
  {
    pattern: /x509:|verify certificate|certificate signed|server gave HTTP response to HTTPS client/i,
    text: 'the node does not trust the TLS certificate of HOST, or HOST speaks plain HTTP.',
    fix: 'Give HOST a certificate that the nodes trust, or add its CA to the container runtime of every node.',
    remedy: 'none',
  },
  {
    pattern:
      /connection refused|i\/o timeout|no route to host|network is unreachable|deadline exceeded|Client\.Timeout/i,
    text: 'the nodes cannot reach HOST.',
    fix: 'Check proxy, firewall and routes from the nodes to HOST, and that the registry runs.',
    remedy: 'none',
  },
  {
    pattern: /no match for platform|no matching manifest/i,
    text: 'it was not built for the CPU architecture of the node.',
    fix: 'Build and push it for that architecture, or choose nodes with a nodeSelector on kubernetes.io/arch.',
    remedy: 'image',
  },
];
