import type { RuleFacts } from './rule.ts';

const site = 'https://kubernetes.io/docs/';

/** The page of the Kubernetes documentation that a rule rests on; `path` may name a section. */
export function documented(title: string, path: string): RuleFacts['source'] {
  return { title, url: `${site}${path}` };
}

/** A control of the Pod Security Standards, as the admission controller of Kubernetes 1.37 checks it. */
export function podSecurity(
  level: 'baseline' | 'restricted',
  control: string,
): Pick<RuleFacts, 'source' | 'podSecurity'> {
  const title = `Pod Security Standards, ${level}: ${control}`;
  return {
    podSecurity: level,
    source: documented(title, `concepts/security/pod-security-standards/#${level}`),
  };
}
