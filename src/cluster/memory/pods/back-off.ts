const firstDelayMs = 10_000;
const longestDelayMs = 300_000;
/** Delays of 10, 20, 40, 80 and 160 s; all later ones are the longest. */
const growing = [0, 1, 2, 3, 4].map((exponent) => firstDelayMs * 2 ** exponent);

/** How far a kubelet that tries again and again has come. */
export interface Attempts {
  /** Attempts begun, at least 1. */
  readonly count: number;
  readonly lastMs: number;
  readonly nextMs: number;
  /** The wait between the end of the last attempt and the next. */
  readonly delayMs: number;
}

/** Attempts of `workMs` each with the kubelet's back-off between them. `now` is not before `firstMs`. Takes a fixed time. */
export function attemptsUntil(firstMs: number, workMs: number, now: number): Attempts {
  let startMs = firstMs;
  let count = 1;
  for (const delayMs of growing) {
    const nextMs = startMs + workMs + delayMs;
    if (now < nextMs) return { count, lastMs: startMs, nextMs, delayMs };
    startMs = nextMs;
    count++;
  }
  const period = workMs + longestDelayMs;
  const periods = Math.floor((now - startMs) / period);
  const lastMs = startMs + periods * period;
  return { count: count + periods, lastMs, nextMs: lastMs + period, delayMs: longestDelayMs };
}

/** When attempt `nth`, counted from 1, begins. */
export function attemptMs(firstMs: number, workMs: number, nth: number): number {
  const inGrowing = growing.slice(0, nth - 1).reduce((sum, delayMs) => sum + workMs + delayMs, 0);
  return firstMs + inGrowing + Math.max(0, nth - 1 - growing.length) * (workMs + longestDelayMs);
}

/** How often something that is repeated every `everyMs` during each wait has happened until now, once at its begin. */
export function repeatsUntil(
  firstMs: number,
  workMs: number,
  everyMs: number,
  now: number,
): { readonly count: number; readonly lastMs: number } {
  const attempts = attemptsUntil(firstMs, workMs, now);
  const inWait = (delayMs: number): number => 1 + Math.floor((delayMs - 1) / everyMs);
  let before = 0;
  for (let index = 0; index < attempts.count - 1; index++) {
    if (index >= growing.length) {
      before += (attempts.count - 1 - index) * inWait(longestDelayMs);
      break;
    }
    before += inWait(growing[index] ?? longestDelayMs);
  }
  const waitStartMs = attempts.lastMs + workMs;
  if (now >= waitStartMs) {
    const inThis = Math.floor((now - waitStartMs) / everyMs);
    return { count: before + inThis + 1, lastMs: waitStartMs + inThis * everyMs };
  }
  const lastDelayMs = growing[attempts.count - 2] ?? longestDelayMs;
  const lastWaitStartMs = attempts.lastMs - lastDelayMs;
  return { count: before, lastMs: lastWaitStartMs + (inWait(lastDelayMs) - 1) * everyMs };
}
