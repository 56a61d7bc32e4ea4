/** Ends of names that stand in the Internet's or a company's name service. Those that are also ends of files (.sh, .md) or of field paths (.name, .host) count only in an address. */
const endings: ReadonlySet<string> = new Set(
  (
    'com net org io dev app cloud ai edu gov mil int biz co eu us uk de fr es it nl be ch at se no fi dk ie pt cz ' +
    'gr hu ro ru ua tr il in cn jp kr tw hk sg au nz ca br mx ar za tech online site store xyz ' +
    'corp lan intra intranet internal local localdomain home private example test invalid onion arpa'
  ).split(' '),
);

/**
 * Public places that every cluster talks about: hiding them would hide what is wrong and protect nobody. API groups and
 * label prefixes of Kubernetes and its common projects, and public image registries.
 */
const wellKnown: ReadonlySet<string> = new Set(
  (
    'k8s.io kubernetes.io x-k8s.io oam.dev sluice.dev cert-manager.io istio.io helm.sh argoproj.io fluxcd.io ' +
    'prometheus.io knative.dev tekton.dev crossplane.io linkerd.io kyverno.io keda.sh cilium.io traefik.io ' +
    'projectcalico.org openshift.io coreos.com opencontainers.org spiffe.io grafana.com kustomize.config.k8s.io ' +
    'docker.io docker.com ghcr.io quay.io gcr.io pkg.dev mcr.microsoft.com public.ecr.aws registry.gitlab.com ' +
    'nvcr.io registry.access.redhat.com registry.redhat.io ' +
    'github.com gitlab.com githubusercontent.com openai.com json-schema.org w3.org metadata.google.internal'
  ).split(' '),
);

const label = /^(?!-)[A-Za-z0-9_-]{1,63}$/;

/**
 * Whether a dotted word names a host. `inAddress`: it stands where only a host can stand, such as after `://`.
 * Names inside the cluster (`web.shop.svc`) are names of objects, not of hosts.
 */
export function isHostName(word: string, inAddress: boolean): boolean {
  if (word.length > 253) return false;
  const last = word.slice(word.lastIndexOf('.') + 1).toLowerCase();
  if (!endings.has(last) && !last.startsWith('xn--') && !(inAddress && /^[a-z-]{2,}$/.test(last)))
    return false;
  const labels = word.split('.');
  return (
    labels.length > 1 &&
    labels.every((each) => label.test(each)) &&
    !isInsideCluster(word) &&
    !isWellKnown(labels)
  );
}

function isInsideCluster(word: string): boolean {
  return /(?:^|\.)(?:svc|pod|cluster\.local)$/i.test(word) || /\.(?:svc|pod)\.[a-z0-9.-]+$/i.test(word);
}

function isWellKnown(labels: readonly string[]): boolean {
  return labels.some((_label, index) => wellKnown.has(labels.slice(index).join('.').toLowerCase()));
}
