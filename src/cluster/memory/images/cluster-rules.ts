/** What a user tells in-memory clusters about images: the content of `--cluster-file`. */
export interface ClusterRules {
  /** The first rule that fits an image counts. */
  readonly images: readonly ImageRule[];
}

export interface ImageRule {
  /** As containers spell it or in full (`docker.io/library/nginx:1.27`); `*` stands for anything. */
  readonly image: string;
  /** Only on this cluster; '' is the default one. Absent: on all. */
  readonly cluster?: string;
  /** Whether it can be pulled. Absent: as without the rule. */
  readonly pull?: boolean;
  /** With `pull: false`: what the registry answers. */
  readonly error?: string;
  /** The program ends with this code: a Job succeeds on 0 and fails otherwise, a Deployment's container crashes in a loop. */
  readonly exitCode?: number;
  /** False: its containers run and never become ready. */
  readonly ready?: boolean;
}

export const noRules: ClusterRules = { images: [] };

export function findImageRule(
  rules: ClusterRules,
  cluster: string,
  names: readonly string[],
): ImageRule | undefined {
  return rules.images.find(
    (rule) =>
      (rule.cluster === undefined || rule.cluster === cluster) &&
      names.some((name) => fitsPattern(rule.image, name)),
  );
}

/** `*` is anything. Linear: no pattern can make it slow. */
function fitsPattern(pattern: string, text: string): boolean {
  const parts = pattern.split('*');
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (parts.length === 1) return pattern === text;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
    return false;
  let position = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, position);
    if (found < 0) return false;
    position = found + part.length;
  }
  return position <= text.length - last.length;
}
