import type { KubeObject } from '../../api/kube-object.ts';
import type { Analysis, AnalyzeQuery, NotChecked } from '../../analyze/cluster/analyze-cluster.ts';
import { gapOfError, type ReadGap } from '../../analyze/cluster/read-gap.ts';
import { patternOf } from '../../analyze/exemptions/apply-exemptions.ts';
import { compareText } from '../../cluster/object-order.ts';
import { isNamespaced, resourceOf } from '../../cluster/known-kinds.ts';
import { parseLabelSelector } from '../../cluster/label-selector.ts';
import type { ReadOnlyCluster } from '../../cluster/port.ts';
import type { ExpressionEngine } from '../../expr/expression.ts';
import type { HttpClient } from '../../net/http-client.ts';
import { askAnalyzer } from './ask-analyzer.ts';
import { idOf, type CustomAnalyzer, type Selection } from './custom-analyzer.ts';
import { judgeByRule } from './judge-by-rule.ts';

export interface CustomParts {
  readonly expressions: ExpressionEngine;
  readonly http: HttpClient;
  readonly signal: AbortSignal;
}

export type CustomAnalysis = Pick<Analysis, 'checked' | 'findings' | 'notChecked'>;

type Listed = { readonly objects: readonly KubeObject[] } | { readonly gap: ReadGap };

/**
 * Runs the user's analyzers one after the other over one list a kind. What fails is not checked, and keeps nothing else from
 * being judged. Throws SluiceError `environment` when the cluster cannot be reached at all.
 */
export async function runCustomAnalyzers(
  cluster: ReadOnlyCluster,
  analyzers: readonly CustomAnalyzer[],
  { namespace, labelSelector = '' }: Pick<AnalyzeQuery, 'namespace' | 'labelSelector'>,
  parts: CustomParts,
): Promise<CustomAnalysis> {
  const isWanted = parseLabelSelector(labelSelector);
  const lists = new Map<string, Promise<Listed>>();
  const checked: CustomAnalysis['checked'][number][] = [];
  const findings: CustomAnalysis['findings'][number][] = [];
  const notChecked: NotChecked[] = [];
  for (const analyzer of analyzers) {
    const id = idOf(analyzer);
    const objects = new Set<KubeObject>();
    for (const selection of analyzer.selects) {
      // oxlint-disable-next-line no-await-in-loop -- each kind is listed once for all
      const read = await listed(selection);
      if ('objects' in read) for (const object of chosen(read.objects, selection)) objects.add(object);
      // Files that hold none of a kind leave nothing to judge.
      else if (read.gap.reason !== 'NotGiven') notChecked.push({ analyzer: id, ...read.gap });
    }
    checked.push({ analyzer: id, objects: objects.size });
    if (objects.size === 0) continue;
    // oxlint-disable-next-line no-await-in-loop -- one worker evaluates, and servers refuse crowds
    const judged = await judge(analyzer, [...objects]);
    findings.push(...judged.findings.toSorted(compareObjects));
    notChecked.push(...judged.gaps.map((gap) => ({ analyzer: id, ...gap })));
  }
  return { checked, findings, notChecked };

  function judge(analyzer: CustomAnalyzer, objects: readonly KubeObject[]): ReturnType<typeof judgeByRule> {
    const { name } = cluster;
    return analyzer.how === 'rule'
      ? judgeByRule(analyzer, objects, { cluster: name, ...parts })
      : askAnalyzer(analyzer, objects, { cluster: name, ...parts });
  }

  function listed({ apiVersion, kind }: Selection): Promise<Listed> {
    const key = `${apiVersion} ${kind}`;
    const known = lists.get(key) ?? list(apiVersion, kind);
    lists.set(key, known);
    return known;
  }

  async function list(apiVersion: string, kind: string): Promise<Listed> {
    try {
      const objects = await cluster.list({
        apiVersion,
        kind,
        ...(namespace === undefined || !isNamespaced(apiVersion, kind) ? {} : { namespace }),
        ...(kind === 'Secret' ? { metadataOnly: true } : {}),
      });
      return { objects: objects.filter(({ metadata }) => isWanted(metadata.labels)) };
    } catch (error) {
      return { gap: gapOfError({ verb: 'list', resource: resourceOf(apiVersion, kind) }, error) };
    }
  }
}

function chosen(objects: readonly KubeObject[], selection: Selection): readonly KubeObject[] {
  const isIn = patternOf(selection.namespace);
  const hasLabels = parseLabelSelector(selection.labelSelector ?? '');
  return objects.filter(({ metadata }) => isIn(metadata.namespace) && hasLabels(metadata.labels));
}

function compareObjects(
  a: CustomAnalysis['findings'][number],
  b: CustomAnalysis['findings'][number],
): number {
  return (
    compareText(a.object.kind, b.object.kind) ||
    compareText(a.object.namespace ?? '', b.object.namespace ?? '') ||
    compareText(a.object.name, b.object.name) ||
    compareText(a.id, b.id) ||
    compareText(a.fieldPath ?? '', b.fieldPath ?? '')
  );
}
