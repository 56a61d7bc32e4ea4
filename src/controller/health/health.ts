/** One thing that must be so before this process is any use. */
export interface ReadyCheck {
  /** Such as `workflowruns`. */
  readonly name: string;
  /** Undefined: it is. Otherwise what is missing, for people, without secrets. */
  readonly missing: string | undefined;
}

/** The answer of /readyz and /healthz. */
export interface HealthAnswer {
  readonly isGood: boolean;
  readonly text: string;
}

/**
 * Ready when nothing is missing. What counts is what this process has to have read, not whether it holds a lease: a standby
 * is ready, too.
 */
export function readiness(checks: readonly ReadyCheck[]): HealthAnswer {
  const isGood = checks.every(({ missing }) => missing === undefined);
  const lines = checks.map(({ name, missing }) =>
    missing === undefined ? `[+] ${name}` : `[-] ${name}: ${missing.replaceAll(/\s+/g, ' ')}`,
  );
  return { isGood, text: [...lines, isGood ? 'ready' : 'not ready', ''].join('\n') };
}

/**
 * Alive when it answers at all: a main thread that hangs does not. Neither a long queue nor an API server that is away is
 * cured by a restart, so neither is asked about.
 */
export const alive: HealthAnswer = { isGood: true, text: 'ok\n' };
