import type { ObjectRule } from './rule.ts';
import { gatewayForAll, gatewayWithoutTls } from './exposure/gateways.ts';
import { ingressAnyHost, ingressSnippet, ingressWithoutTls } from './exposure/ingress.ts';
import { policyAllowsAll } from './exposure/network-policies.ts';
import { externalAddresses, nodePort, openLoadBalancer, servicePortUnnamed } from './exposure/services.ts';
import { namespaceWithoutStandard } from './pod-security/namespaces.ts';
import { bindsAnonymous, bindsClusterAdmin, bindsDefaultAccount, bindsEveryone } from './rbac/bindings.ts';
import { powerRules } from './rbac/powers.ts';
import { grantsEverything, wildcardResources, wildcardVerbs } from './rbac/wildcards.ts';
import { autoscalerFixed, autoscalerToOne } from './reliability/autoscalers.ts';
import { budgetBlocksAll, unhealthyPodsBlock } from './reliability/disruption-budgets.ts';
import { webhookOfAllPods } from './reliability/webhooks.ts';
import { removedVersion } from './removed-versions.ts';
import { lastingToken } from './secrets/account-token.ts';
import { secretsInConfigMap } from './secrets/secrets-in-config-map.ts';

/** What is asked of single objects of other kinds, subject by subject. */
export const objectRules: readonly ObjectRule[] = [
  removedVersion,
  servicePortUnnamed,
  bindsAnonymous,
  bindsClusterAdmin,
  grantsEverything,
  ...powerRules,
  wildcardVerbs,
  wildcardResources,
  bindsEveryone,
  bindsDefaultAccount,
  secretsInConfigMap,
  lastingToken,
  externalAddresses,
  ingressSnippet,
  ingressWithoutTls,
  gatewayWithoutTls,
  nodePort,
  openLoadBalancer,
  ingressAnyHost,
  gatewayForAll,
  policyAllowsAll,
  namespaceWithoutStandard,
  budgetBlocksAll,
  webhookOfAllPods,
  autoscalerFixed,
  autoscalerToOne,
  unhealthyPodsBlock,
];
