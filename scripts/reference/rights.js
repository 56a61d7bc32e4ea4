import {
  clusterRights,
  enabledRights,
  ownRights,
  runnerRights,
  systemRights,
  webhookClusterRights,
  webhookOwnRights,
} from '../../src/controller/install/rights.ts';
import { runnerAccount } from '../../src/controller/install/names.ts';
import { code, page, table } from './markdown.js';

/** docs/reference/rights.md: what the accounts of an installation may do. */
export function rightsPage() {
  return page(
    '# Rights of the controller',
    intro,
    '## Everywhere',
    'ClusterRole `sluice-controller`.',
    rightsTable(clusterRights),
    '## In its own namespace',
    'Role `sluice-controller` in the namespace of its Pods.',
    rightsTable(ownRights),
    '## In vela-system',
    'The same Role where that is its own namespace, otherwise one more.',
    rightsTable(systemRights),
    '## In an enabled namespace',
    `Role \`sluice-impersonator\`; one more, \`sluice-impersonator-NAME\`, for each further account that runs may act as.`,
    rightsTable(enabledRights([runnerAccount])),
    '## Of the webhook',
    'Only where the chart turns it on and cert-manager makes no certificate for it: everywhere, and in its own namespace.',
    rightsTable(webhookClusterRights),
    rightsTable(webhookOwnRights),
    `## Of ${runnerAccount}`,
    'Role `sluice-runner` in an enabled namespace: what steps may do there unless the run names another account.',
    rightsTable(runnerRights),
  );
}

const intro = `What steps do to a cluster happens in the name of an account of the run's namespace; the controller's own account
needs little beside that. No rule has a wildcard, and none lets an account list or watch Secrets. \`sluice install\` prints
these rules, and the chart has the same.`;

function rightsTable(rights) {
  return table(
    ['API group', 'Resources', 'Names', 'Verbs', 'What for'],
    rights.map(({ group, resources, names = [], verbs, why }) => [
      group === '' ? 'core' : code(group),
      resources.map(code).join(', '),
      names.map(code).join(', '),
      verbs.join(', '),
      why,
    ]),
  );
}
