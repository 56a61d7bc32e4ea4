/** What a scheduler's message comes to, such as `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint …`. */
export function explainScheduling(
  message: string,
  podPath: string,
): { readonly text: string; readonly fix: string } {
  const found = reasons.filter((reason) => reason.pattern.test(message));
  if (found.length === 0)
    return { text: 'the scheduler says why in the evidence', fix: `Correct what it names in ${podPath}.` };
  return {
    text: found.map((reason) => reason.text).join('; '),
    fix: found.map((reason) => reason.fix.replaceAll('POD', podPath)).join(' '),
  };
}

const reasons: readonly { readonly pattern: RegExp; readonly text: string; readonly fix: string }[] = [
  {
    pattern: /no nodes available/i,
    text: 'the cluster has no nodes',
    fix: 'Add a node, or wait until one is ready.',
  },
  {
    pattern: /Insufficient cpu/i,
    text: 'too little CPU is free',
    fix: 'Lower resources.requests.cpu in POD.containers, or add nodes.',
  },
  {
    pattern: /Insufficient memory/i,
    text: 'too little memory is free',
    fix: 'Lower resources.requests.memory in POD.containers, or add nodes.',
  },
  {
    pattern: /Insufficient (?!cpu\b|memory\b)[\w./-]{1,100}/i,
    text: 'a special resource that it requests (such as a GPU or pods of a node) is used up or unknown',
    fix: 'Check the resource names in POD.containers and which nodes offer them.',
  },
  {
    pattern: /node affinity|node selector|didn't match Pod's node/i,
    text: 'no node has the labels that nodeSelector or affinity ask for',
    fix: 'Correct POD.nodeSelector and affinity, or label a node.',
  },
  {
    pattern: /untolerated taint|had taint/i,
    text: 'nodes are tainted and the Pod does not tolerate it',
    fix: 'Add a toleration to POD.tolerations if the Pod may run there, or remove the taint.',
  },
  {
    pattern:
      /unbound immediate PersistentVolumeClaims|persistentvolumeclaim .{0,300}not found|volume node affinity/i,
    text: 'a PersistentVolumeClaim that it uses is not bound, not there, or bound to another zone',
    fix: 'Check the claims in POD.volumes and their storage class (kubectl get pvc,storageclass).',
  },
  {
    pattern: /anti-affinity|topology spread/i,
    text: 'its anti-affinity or topology spread leaves no node',
    fix: 'Loosen POD.affinity or topologySpreadConstraints, or add nodes.',
  },
  {
    pattern: /free ports/i,
    text: 'the host port that it wants is taken on every node',
    fix: 'Remove hostPort from POD.containers, or run fewer replicas than nodes.',
  },
];
