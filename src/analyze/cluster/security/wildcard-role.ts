import type { KubeObject } from '../../../api/kube-object.ts';
import { textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import { grantsEverything, wildcardResources, wildcardVerbs } from '../../rules/rbac/wildcards.ts';
import type { Problem } from '../analyzer.ts';
import type { Look } from '../look.ts';

/** Wildcards of a role that somebody has; those that Kubernetes brings are left out. */
export function boundWildcards(look: Look): readonly Problem[] {
  if (isBuiltIn(look.object)) return [];
  const hits = [grantsEverything, wildcardVerbs, wildcardResources].flatMap((rule) =>
    rule
      .check(look.object)
      .map((hit) => ({ id: rule.id, severity: rule.severity, category: rule.category, ...hit })),
  );
  if (hits.length === 0) return [];
  const bindings = bindingsOf(look);
  const [first] = bindings;
  if (first === undefined) return [];
  const names = bindings.map((each) => `${each.kind} ${placeOf(each)}`);
  const evidence = [
    { source: `${look.object.kind} ${look.name}`, text: `bound by ${quoteText(names.join(', '), 300)}` },
  ];
  const inNamespace = look.object.kind === 'Role' ? first : undefined;
  return hits.map((hit) => ({
    ...hit,
    evidence,
    ...(inNamespace === undefined ? {} : { k8sgpt: peer(look, inNamespace) }),
  }));
}

function isBuiltIn(role: KubeObject): boolean {
  return (
    textAt(role, 'metadata', 'labels', 'kubernetes.io/bootstrapping') === 'rbac-defaults' ||
    textAt(role, 'metadata', 'name').startsWith('system:')
  );
}

function bindingsOf(look: Look): readonly KubeObject[] {
  const { kind } = look.object;
  const all = [
    ...(look.all('RoleBinding') ?? []),
    ...(kind === 'ClusterRole' ? (look.all('ClusterRoleBinding') ?? []) : []),
  ];
  return all.filter(
    (binding) =>
      textAt(binding, 'roleRef', 'kind') === kind &&
      textAt(binding, 'roleRef', 'name') === look.name &&
      (kind === 'ClusterRole' || textAt(binding, 'metadata', 'namespace') === look.namespace),
  );
}

function placeOf(binding: KubeObject): string {
  const namespace = textAt(binding, 'metadata', 'namespace');
  const name = textAt(binding, 'metadata', 'name');
  return namespace === '' ? name : `${namespace}/${name}`;
}

function peer(look: Look, binding: KubeObject): NonNullable<Problem['k8sgpt']> {
  return {
    text: `RoleBinding ${quoteText(textAt(binding, 'metadata', 'name'), 253)} references Role ${look.name} which contains wildcard permissions - this is not recommended for security best practices`,
    kind: 'Security/RoleBinding',
    name: placeOf(binding),
  };
}
