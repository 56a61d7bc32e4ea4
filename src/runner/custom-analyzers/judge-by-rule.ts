import type { Json, JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { formatPlace } from '../../api/place.ts';
import type { ClusterFinding } from '../../analyze/cluster/analyze-cluster.ts';
import { refOf } from '../../analyze/object-name.ts';
import { quoteText } from '../../analyze/quote-text.ts';
import { quoteMasked, secretValuesOf } from '../../analyze/secret-values.ts';
import type { ExprFault, ExpressionEngine } from '../../expr/expression.ts';
import { Budget } from '../../step-types/expression/budget.ts';
import { evaluateTree } from '../../step-types/sluice/evaluate-tree.ts';
import { exprFault } from '../../step-types/sluice/expr-faults.ts';
import type { Tree } from '../../step-types/sluice/tree.ts';
import { idOf, type RuleAnalyzer } from './custom-analyzer.ts';
import type { Judged } from './judged.ts';

/** Of one text. */
const textLimits = { work: 100_000, size: 100_000, depth: 50 };

/**
 * Judges objects one by one: one that lacks what the condition reads is not checked, and keeps no other from being judged. A
 * condition that takes too long is asked no more.
 */
export async function judgeByRule(
  rule: RuleAnalyzer,
  objects: readonly KubeObject[],
  { cluster, expressions }: { readonly cluster: string; readonly expressions: ExpressionEngine },
): Promise<Judged> {
  const findings: ClusterFinding[] = [];
  const missed = new Map<string, number>();
  const miss = (text: string, count: number): void => void missed.set(text, (missed.get(text) ?? 0) + count);
  for (const [index, object] of objects.entries()) {
    // oxlint-disable-next-line no-await-in-loop -- one worker evaluates
    const holds = await expressions.evaluate({ object: object as unknown as JsonObject }, rule.when);
    const [fault] = holds.ok ? [] : holds.faults;
    if (fault !== undefined)
      miss(whenFault(rule, fault), fault.kind === 'runaway' ? objects.length - index : 1);
    if (fault?.kind === 'runaway') break;
    if (holds.ok && typeof holds.value !== 'boolean')
      miss(`${formatPlace(rule.place(1, 1))}: when comes to something else than true or false`, 1);
    if (holds.ok && holds.value === true) findings.push(findingOf(rule, object, cluster));
  }
  return {
    findings,
    gaps: [...missed].map(([text, count]) => ({
      verb: 'evaluate',
      resource: 'when',
      reason: 'Failed',
      text: quoteText(text, 300),
      objects: count,
    })),
  };
}

function whenFault(rule: RuleAnalyzer, { at, message }: ExprFault): string {
  const { line = 1, column = 1 } = at ?? {};
  return `${formatPlace(rule.place(line, column))}: ${message}`;
}

function findingOf(rule: RuleAnalyzer, object: KubeObject, cluster: string): ClusterFinding {
  const secrets = secretValuesOf([object]);
  const textOf = (tree: Tree): string => quoteMasked(rendered(rule, tree, object), secrets);
  const text = textOf(rule.text);
  const { severity, fieldPath } = rule;
  return {
    id: idOf(rule),
    analyzer: idOf(rule),
    severity,
    category: 'correctness',
    object: refOf(object, cluster),
    ...(fieldPath === undefined ? {} : { fieldPath }),
    text,
    fix: textOf(rule.fix),
    evidence: [],
    k8sgpt: { text, kind: object.kind },
  };
}

/** A text that cannot be made is no reason to hide what was found. */
function rendered(rule: RuleAnalyzer, tree: Tree, object: KubeObject): string {
  const names = {
    get: (name: string): Json | undefined => (name === 'object' ? (object as unknown as Json) : undefined),
    absence: () => 'there is only `object` here',
  };
  try {
    const value = evaluateTree(tree, names, new Budget(textLimits));
    return typeof value === 'string' ? value : JSON.stringify(value);
  } catch (error) {
    const { message, at } = exprFault(error, rule.document);
    return `(${at === undefined ? '' : `${at.source}:${at.line}:${at.column}: `}${message})`;
  }
}
