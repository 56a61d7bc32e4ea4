import type { Analyzer } from './analyzer.ts';
import { catalogSource } from './analyzers/catalog-source.ts';
import { clusterCatalog } from './analyzers/cluster-catalog.ts';
import { clusterExtension } from './analyzers/cluster-extension.ts';
import { clusterServiceVersion } from './analyzers/cluster-service-version.ts';
import { gateway } from './analyzers/gateway.ts';
import { gatewayClass } from './analyzers/gateway-class.ts';
import { horizontalPodAutoscaler } from './analyzers/horizontal-pod-autoscaler.ts';
import { httpRoute } from './analyzers/http-route.ts';
import { installPlan } from './analyzers/install-plan.ts';
import { log } from './analyzers/log.ts';
import { networkPolicy } from './analyzers/network-policy.ts';
import { operatorGroup } from './analyzers/operator-group.ts';
import { podDisruptionBudget } from './analyzers/pod-disruption-budget.ts';
import { clusterPolicyReport, policyReport } from './analyzers/policy-report.ts';
import { scaledObject } from './analyzers/scaled-object.ts';
import { security } from './analyzers/security.ts';
import { storage } from './analyzers/storage.ts';
import { subscription } from './analyzers/subscription.ts';

/** Those that look only where they are asked for by name: the kinds are of add-ons, or the findings are many. */
export const optionalAnalyzers: readonly Analyzer[] = [
  horizontalPodAutoscaler,
  scaledObject,
  podDisruptionBudget,
  networkPolicy,
  gatewayClass,
  gateway,
  httpRoute,
  storage,
  log,
  security,
  clusterCatalog,
  clusterExtension,
  clusterServiceVersion,
  subscription,
  installPlan,
  catalogSource,
  operatorGroup,
  policyReport,
  clusterPolicyReport,
];
