import type { SetRule } from './rule.ts';
import { ingressServiceUnknown } from './exposure/ingress-of-set.ts';
import { egressOpen, noNetworkPolicy } from './exposure/network-isolation.ts';
import { policySelectsNothing } from './exposure/policies-of-set.ts';
import { servicePortUnknown, serviceSelectsNothing } from './exposure/services-of-set.ts';
import {
  budgetAboveReplicas,
  noDisruptionBudget,
  replicasFightAutoscaler,
  replicasNotSpread,
} from './reliability/replicas-of-set.ts';
import { autoscalerTargetUnknown, statefulSetServiceUnknown } from './reliability/targets-of-set.ts';

/** What is asked of objects that are given together; within one severity the most important first. */
export const setRules: readonly SetRule[] = [
  serviceSelectsNothing,
  servicePortUnknown,
  budgetAboveReplicas,
  policySelectsNothing,
  ingressServiceUnknown,
  autoscalerTargetUnknown,
  statefulSetServiceUnknown,
  noNetworkPolicy,
  noDisruptionBudget,
  replicasFightAutoscaler,
  replicasNotSpread,
  egressOpen,
];
