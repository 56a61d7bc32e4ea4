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

const labels = /^(?!-)[A-Za-z0-9_-]{1,63}(?:\.(?!-)[A-Za-z0-9_-]{1,63})+$/;
const insideCluster = /(?:^|\.)(?:svc|pod|cluster\.local)$|\.(?:svc|pod)\.[a-z0-9.-]+$/i;

/**
 * Whether a dotted word names a host. `inAddress`: it stands where only a host can stand, such as after `://`.
 * Names inside the cluster (`web.shop.svc`) are names of objects, not of hosts.
 */
export function isHostName(word: string, inAddress: boolean): boolean {
  if (word.length > 253) return false;
  const last = word.slice(word.lastIndexOf('.') + 1).toLowerCase();
  if (!endings.has(last) && !last.startsWith('xn--') && !(inAddress && /^[a-z-]{2,}$/.test(last)))
    return false;
  return labels.test(word) && !insideCluster.test(word) && !isWellKnown(word.toLowerCase());
}

/** The name or any end of it that begins at a label. */
function isWellKnown(name: string): boolean {
  for (let at = 0; ; at = name.indexOf('.', at) + 1) {
    if (wellKnown.has(at === 0 ? name : name.slice(at))) return true;
    if (!name.includes('.', at)) return false;
  }
}
