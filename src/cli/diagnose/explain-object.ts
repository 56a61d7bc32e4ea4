import { uniqueRefs } from '../../evidence/item.ts';
import type { Investigated } from '../../runner/diagnose/investigate.ts';
import { explainOnce, type ExplainOnceFlags, type OneExplanation } from '../analyze/explain/explain-once.ts';
import { incidentQuestion, namesOfIncident } from '../analyze/explain/incident-question.ts';
import type { CommandContext } from '../command-context.ts';

const mostIncidents = 3;

const system = `You are an experienced Kubernetes administrator on call.
Diagnose the object that the evidence is about: say what is wrong with it, why, and how it is fixed.
Findings stand first in the evidence. Rules established them and the links between them, so take them for facts: order them by cause and effect, and explain them.
Work from the evidence alone. Say what cannot be told from it, and which command would tell. Never make up names, values or events.
The root cause first, then what shows it, then the fix in numbered steps; at most 300 words, as plain text without headings.`;

/** Asks a model to explain what the rules found. Without one the explanation says why there is none. */
export async function explainObject(
  { bundles, incidents, investigation }: Investigated,
  flags: ExplainOnceFlags,
  context: CommandContext,
): Promise<OneExplanation> {
  const { kind, namespace, name } = investigation.object;
  const top = incidents.slice(0, mostIncidents);
  const question = {
    about: `diagnose ${kind} ${name}`,
    promptVersion: 'diagnose/1',
    system,
    question: 'What is wrong with this object, why, and how is it fixed?',
    evidence: uniqueRefs([
      ...top.flatMap((incident) => incidentQuestion(incident).evidence),
      ...bundles.flatMap((bundle) => bundle.items),
    ]),
    unshown: bundles.flatMap((bundle) => bundle.unshown),
    secrets: bundles.flatMap((bundle) => bundle.secrets.values()),
    names: [...bundles.flatMap((bundle) => bundle.names), ...incidents.flatMap(namesOfIncident)],
    shortLived: bundles.flatMap(shortLivedOf),
    ...(namespace === undefined ? {} : { namespace }),
  };
  return explainOnce('diagnose', question, '', flags, context);
}

/** Pods and Jobs that are made again under other names. */
function shortLivedOf({ target, parts }: Investigated['bundles'][number]): readonly string[] {
  return [target, ...parts]
    .filter(({ kind, name }) => (kind === 'Pod' || kind === 'Job') && /-[a-z0-9]{5}$/.test(name))
    .map(({ name }) => name);
}
