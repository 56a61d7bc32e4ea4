import type { Finding } from '../../src/analyze/finding.ts';
import type { ReportFinding } from '../../src/gate/reports/report.ts';
import { checkMap, type Tool } from './check-map.ts';

/** One finding of another tool, and what we make of it. */
export interface PeerFinding {
  readonly tool: Tool;
  readonly check: string;
  /** `found`: a rule of ours finds the same. `silent`: there is such a rule, and it says nothing here. */
  readonly here: 'found' | 'silent' | 'no rule' | 'unmapped';
  /** Keys of our findings that say the same. */
  readonly same: readonly string[];
}

/** What there is to say about one manifest. */
export interface Judged {
  readonly manifest: string;
  readonly own: readonly Finding[];
  readonly peers: readonly PeerFinding[];
}

export function judge(
  tool: Tool,
  { rule: check, place }: ReportFinding,
  own: readonly Finding[],
): PeerFinding {
  const meaning = checkMap[tool][check];
  if (meaning === undefined) return { tool, check, here: 'unmapped', same: [] };
  if (typeof meaning === 'string') return { tool, check, here: 'no rule', same: [] };
  const near = own.filter(({ id }) => meaning.includes(id));
  // Some tools blame who binds a role for what the role allows.
  const same = / ?RoleBinding /.test(`${place} `)
    ? near
    : near.filter(({ object }) => placesOf(object).includes(place));
  return { tool, check, here: same.length > 0 ? 'found' : 'silent', same: same.map(keyOf) };
}

/** Names one finding of a manifest. */
export function keyOf({ id, object, fieldPath = '', container = '' }: Finding): string {
  return [id, object.kind, object.name, fieldPath, container].join(' ');
}

/** A manifest without a namespace is in `default` for some tools, and in none for others. */
function placesOf({ kind, namespace, name }: Finding['object']): readonly string[] {
  return namespace === undefined
    ? [`${kind} ${name}`, `${kind} default/${name}`]
    : [`${kind} ${namespace}/${name}`, `${kind} ${name}`];
}
