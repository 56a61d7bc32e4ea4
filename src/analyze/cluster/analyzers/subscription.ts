import { objectAt, textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { Analyzer, Problem } from '../analyzer.ts';
import { conditionsAt, saying, type Condition } from '../condition.ts';
import type { Look } from '../look.ts';
import { rolloutMs, settlingMs, sinceMs } from '../rollout-grace.ts';

/** Bad when they are true, the nearest to the cause first. */
const badWhenTrue = [
  'CatalogSourcesUnhealthy',
  'ResolutionFailed',
  'BundleUnpackFailed',
  'InstallPlanFailed',
];

export const subscription: Analyzer = {
  name: 'Subscription',
  judges: ['Subscription'],
  reads: [],
  check: (look) => {
    const conditions = conditionsAt(look, objectAt(look.object, 'status'));
    const failed = badWhenTrue
      .map((type) => conditions.find((each) => each.type === type && each.status === 'True'))
      .find((each) => each !== undefined);
    const problem = failed === undefined ? behind(look) : refused(look, failed);
    return problem === undefined ? [] : [problem];
  },
};

function refused(look: Look, condition: Condition): Problem | undefined {
  if (condition.ageMs < settlingMs) return undefined;
  return {
    id: condition.type,
    severity: 'high',
    fieldPath: `status.conditions{${condition.type}}`,
    text: `No version can be installed (${condition.type}): ${saying(condition)}`,
    fix: 'Correct what the message names: the CatalogSource, the channel, versions that exclude each other.',
    k8sgpt: peer(look, saying(condition)),
  };
}

/** Not at the newest version: it waits for a person, or it takes too long. */
function behind(look: Look): Problem | undefined {
  const state = stateOf(look);
  if (!['', 'UpgradePending', 'UpgradeAvailable'].includes(state)) return undefined;
  const isManual = textAt(look.object, 'spec', 'installPlanApproval') === 'Manual';
  const since =
    textAt(look.object, 'status', 'lastUpdated') || textAt(look.object, 'metadata', 'creationTimestamp');
  if (!isManual && sinceMs(look, since) < rolloutMs) return undefined;
  // A manifest has no status yet.
  if (Object.keys(objectAt(look.object, 'status')).length === 0 && since === '') return undefined;
  const plan = quoteText(textAt(look.object, 'status', 'installPlanRef', 'name'), 253);
  return {
    id: isManual && state !== '' ? 'UpgradeNotApproved' : 'SubscriptionBehind',
    severity: isManual && state !== '' ? 'low' : 'medium',
    fieldPath: 'status.state',
    text:
      isManual && state !== ''
        ? `A newer version waits for approval${plan === '' ? '.' : ` of InstallPlan ${plan}.`}`
        : `The newest version is not installed (state "${state}").`,
    fix: isManual ? 'Approve the InstallPlan when it suits.' : 'Look at the InstallPlans and at the catalog.',
    k8sgpt: peer(look, ''),
  };
}

function stateOf(look: Look): string {
  return quoteText(textAt(look.object, 'status', 'state'), 60);
}

function peer(look: Look, said: string): NonNullable<Problem['k8sgpt']> {
  const more = said === '' ? '' : `; ${said}`;
  return { text: `state="${stateOf(look)}": subscription not at latest${more}` };
}
