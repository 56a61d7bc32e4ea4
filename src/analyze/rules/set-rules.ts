import type { SetRule } from './rule.ts';

/** What is asked of objects that are given together; within one severity the most important first. */
export const setRules: readonly SetRule[] = [];
