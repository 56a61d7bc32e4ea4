import type { ClusterSession, ClusterSessionOptions } from '../runner/cluster-session.ts';
import type { Session } from '../runner/session.ts';
import type { SessionOptions } from '../runner/open-session.ts';
import type { CliIo } from './io.ts';
import type { TrafficFlags } from './model-traffic.ts';
import type { Annotations } from './render/github-annotation.ts';
import type { Style } from './terminal/style.ts';

export type OpenSession = (options: SessionOptions) => Session | Promise<Session>;

export type OpenCluster = (options: ClusterSessionOptions) => Promise<ClusterSession>;

/** The doors to the engine, and to the workflows of clusters. */
export interface Doors {
  readonly openSession: OpenSession;
  readonly openCluster: OpenCluster;
}

/** What a command works with: its io, how to paint on each stream, and the doors to what it acts on. */
export interface CommandContext extends Doors {
  readonly io: CliIo;
  readonly out: Style;
  readonly err: Style;
  readonly isDebug: boolean;
  /** For GitHub Actions; silent everywhere else. */
  readonly annotations: Annotations;
}

/** Options that every command with a session takes. */
export interface SessionFlags extends TrafficFlags {
  readonly stateDir?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly offline?: boolean;
  readonly clusterFile?: string;
  readonly caFile?: string;
  readonly anonymize?: boolean;
  readonly evidence?: readonly string[];
  readonly waitSuspended?: boolean;
}
