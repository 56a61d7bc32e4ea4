import { analyzeCluster, type Analysis } from '../../analyze/cluster/analyze-cluster.ts';
import { commandWord } from '../../analyze/command-word.ts';
import { defaultAnalyzers } from '../../analyze/cluster/default-analyzers.ts';
import type { FindingObject } from '../../analyze/finding.ts';
import type { Incident } from '../../analyze/incident/incident.ts';
import { membersOf } from '../../analyze/incident/touching.ts';
import { mayHide } from '../../analyze/verdict.ts';
import { maskSecrets } from '../../analyze/secrets/mask-secrets.ts';
import type { ObjectRef } from '../../api/kube-object.ts';
import type { ReadOnlyCluster } from '../../cluster/port.ts';
import { wordsFor, type Subject } from './find-subject.ts';

/** What is asked back. */
export interface Asked {
  readonly question: string;
  readonly candidates: readonly Candidate[];
  /** There are objects, and nothing is wrong with them. */
  readonly isWell: boolean;
  /** What could not be looked at. */
  readonly unchecked: number;
}

export interface Candidate {
  readonly object: Omit<ObjectRef, 'cluster'>;
  /** What is wrong with it, as far as that is why it is a candidate. */
  readonly problem?: { readonly severity: string; readonly id: string; readonly text: string };
  readonly command: string;
}

const mostCandidates = 20;

/** The question for words that several objects have as their name, or that name none: then what is wrong now is offered. */
export async function askWhich(
  subject: Exclude<Subject, { kind: 'object' }>,
  namespace: string | undefined,
  cluster: ReadOnlyCluster,
  nowMs: number,
): Promise<Asked> {
  if (subject.kind === 'several') {
    const candidates = subject.refs.slice(0, mostCandidates).map((object) => candidateOf(object));
    return { question: `Which ${subject.name} is meant?`, candidates, isWell: false, unchecked: 0 };
  }
  const analysis = await analyzeCluster(cluster, {
    analyzers: defaultAnalyzers,
    nowMs,
    ...(namespace === undefined ? {} : { namespace }),
  });
  const candidates = mentioned(analysis, subject.words).slice(0, mostCandidates).map(incidentCandidate);
  const place = namespace === undefined ? '' : ` in namespace ${namespace}`;
  const objects = analysis.checked.reduce((sum, each) => sum + each.objects, 0);
  return {
    question:
      candidates.length > 0
        ? `Which object is it about? This is wrong${place} now:`
        : objects > 0
          ? `Nothing is wrong${place} that rules can see.`
          : `There is nothing${place} to look at.`,
    candidates,
    isWell: candidates.length === 0 && objects > 0,
    unchecked: analysis.notChecked.filter(mayHide).length,
  };
}

/** The incidents with an object that the words name; all of them where they name none. */
function mentioned({ incidents }: Analysis, words: readonly string[]): readonly Incident[] {
  const said = new Set(words.map((word) => word.toLowerCase().replaceAll(/^[^a-z0-9]+|[^a-z0-9]+$/g, '')));
  const about = incidents.filter((incident) =>
    membersOf(incident).some(({ object, parent = '' }) =>
      [object.name, object.namespace ?? '', parent.slice(parent.indexOf('/') + 1)].some((name) =>
        said.has(name),
      ),
    ),
  );
  return about.length === 0 ? incidents : about;
}

/** What people know it by: the owner of Pods that come and go. */
function incidentCandidate({ root, severity }: Incident): Candidate {
  const { object, parent, id, text } = root;
  const [kind, name] = parent?.split('/') ?? [];
  const owner: FindingObject =
    kind === undefined || name === undefined ? object : { ...object, apiVersion: 'apps/v1', kind, name };
  return { ...candidateOf(owner), problem: { severity, id, text: maskSecrets(text) } };
}

function candidateOf({ apiVersion, kind, namespace, name }: Omit<ObjectRef, 'cluster'>): Candidate {
  const object = { apiVersion, kind, ...(namespace === undefined ? {} : { namespace }), name };
  const command = `sluice diagnose ${wordsFor(object).split(' ').map(commandWord).join(' ')}`;
  return { object, command };
}
