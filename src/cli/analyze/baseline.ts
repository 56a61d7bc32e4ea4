import { isObject } from '../../api/json.ts';
import { SluiceError } from '../../api/errors.ts';
import type { Analysis, ClusterFinding } from '../../analyze/cluster/analyze-cluster.ts';
import {
  identityKey,
  identityOf,
  readIdentity,
  type FindingIdentity,
} from '../../analyze/finding-identity.ts';
import { objectsAt, textAt } from '../../analyze/json-fields.ts';
import { readStrictJson } from '../../gate/strict-json.ts';
import type { InputFile } from '../../runner/session.ts';

interface KnownFinding {
  readonly identity: FindingIdentity;
  readonly analyzer: string;
}

/** Findings of an earlier look, by the key of their identity. */
export type Baseline = ReadonlyMap<string, KnownFinding>;

/** What was chosen for this look: of anything else nobody can say that it is gone. */
export interface LookedAt {
  readonly namespace?: string | undefined;
  readonly selector?: string | undefined;
}

export interface BaselineResult {
  /** Those that the baseline does not hold, in their order. */
  readonly added: readonly ClusterFinding[];
  /** How many the baseline holds. */
  readonly known: number;
  /** Of the baseline, what this look would have shown and did not, in its order. */
  readonly gone: readonly FindingIdentity[];
}

/** As large as any file that is read. */
const largestBaseline = 16 * 1024 * 1024;

/** Reads what an earlier `-o json` wrote. Throws SluiceError `invalid` for anything else. */
export function readBaseline({ name, bytes }: InputFile): Baseline {
  const text = new TextDecoder().decode(bytes);
  const read = readStrictJson(text, { maxBytes: largestBaseline, maxDepth: 100 });
  if (!read.ok) throw unusable(name, read.message);
  const { value } = read;
  const findings = isObject(value) ? value['findings'] : undefined;
  if (!Array.isArray(findings)) throw unusable(name, 'it has no list `findings`');
  const known = objectsAt(value, 'findings').flatMap((finding): readonly KnownFinding[] => {
    const identity = readIdentity(finding);
    return identity === undefined ? [] : [{ identity, analyzer: textAt(finding, 'analyzer') }];
  });
  if (known.length < findings.length)
    throw unusable(name, 'one of its findings lacks an id, an analyzer, or the kind or name of its object');
  return new Map(known.map((each) => [identityKey(each.identity), each]));
}

/** What of `findings` is new since the baseline was written, and what of the baseline the whole analysis does not have. */
export function compareWithBaseline(
  findings: readonly ClusterFinding[],
  baseline: Baseline,
  { findings: all, checked, notChecked }: Analysis,
  lookedAt: LookedAt,
): BaselineResult {
  const added = findings.filter((finding) => !baseline.has(identityKey(identityOf(finding))));
  const found = new Set(all.map((finding) => identityKey(identityOf(finding))));
  const whole = new Set(checked.map(({ analyzer }) => analyzer));
  for (const { analyzer } of notChecked) whole.delete(analyzer);
  const gone = [...baseline]
    .filter(([key, { analyzer, identity }]) => {
      const isIn = lookedAt.namespace === undefined || lookedAt.namespace === identity.namespace;
      return !found.has(key) && whole.has(analyzer) && isIn && lookedAt.selector === undefined;
    })
    .map(([, { identity }]) => identity);
  return { added, known: findings.length - added.length, gone };
}

function unusable(name: string, why: string): SluiceError {
  return new SluiceError('invalid', 'BadBaseline', `cannot use the baseline ${name}: ${why}`, {
    hint: 'Write one with: sluice analyze -o json > baseline.json',
  });
}
