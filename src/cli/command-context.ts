import type { Session } from '../runner/session.ts';
import type { SessionOptions } from '../runner/open-session.ts';
import type { CliIo } from './io.ts';
import type { Style } from './terminal/style.ts';

export type OpenSession = (options: SessionOptions) => Session | Promise<Session>;

/** What a command works with: its io, how to paint on each stream, and the door to the engine. */
export interface CommandContext {
  readonly io: CliIo;
  readonly out: Style;
  readonly err: Style;
  readonly isDebug: boolean;
  readonly openSession: OpenSession;
}

/** Options that every command with a session takes. */
export interface SessionFlags {
  readonly stateDir?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly offline?: boolean;
  readonly clusterFile?: string;
  readonly caFile?: string;
}
