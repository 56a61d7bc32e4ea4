import type { SetRule } from './rule.ts';
import { egressOpen, noNetworkPolicy } from './exposure/network-isolation.ts';
import { servicePortUnknown, serviceSelectsNothing } from './exposure/services-of-set.ts';
import {
  budgetAboveReplicas,
  noDisruptionBudget,
  replicasFightAutoscaler,
  replicasNotSpread,
} from './reliability/replicas-of-set.ts';

/** What is asked of objects that are given together; within one severity the most important first. */
export const setRules: readonly SetRule[] = [
  serviceSelectsNothing,
  servicePortUnknown,
  budgetAboveReplicas,
  noNetworkPolicy,
  noDisruptionBudget,
  replicasFightAutoscaler,
  replicasNotSpread,
  egressOpen,
];
