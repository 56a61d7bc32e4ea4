import type { ObjectRule } from './rule.ts';

/** What is asked of single objects of other kinds; within one severity the most important first. */
export const objectRules: readonly ObjectRule[] = [];
