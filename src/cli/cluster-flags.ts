import type { SessionFlags } from './command-context.ts';

/** Which cluster and namespace `cluster get` and `describe` look into. */
export interface ClusterFlags extends SessionFlags {
  readonly namespace: string;
  readonly cluster?: string;
}
