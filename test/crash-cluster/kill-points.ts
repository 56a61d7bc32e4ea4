import type { Bench } from './bench.ts';
import type { Call } from './proxy/call.ts';
import { atNth, killMoments, type KillMoment } from './proxy/fault.ts';

/** A place where the controller dies: around the n-th write for a run, or around its n-th call of the provider. */
export type KillPoint =
  | { readonly at: 'write'; readonly moment: KillMoment; readonly n: number }
  | { readonly at: 'effect'; readonly moment: EffectMoment; readonly n: number };

/** When the request has arrived; when its answer is sent; a moment later. */
type EffectMoment = 'arrival' | 'answer' | 'later';
export const effectMoments: readonly EffectMoment[] = ['arrival', 'answer', 'later'];
const laterMs = 4;
/** More writes than any of the workflows makes. */
export const mostPoints = 40;

/** Short, so that names made of it stay within 63 characters: `wb3` is before the third write. */
const letters: Readonly<Record<string, string>> = {
  write: 'w',
  before: 'b',
  unanswered: 'u',
  after: 'a',
  effect: 'e',
  arrival: 'r',
  answer: 's',
  later: 'l',
};

export function nameOf({ at, moment, n }: KillPoint): string {
  return `${letters[at]}${letters[moment]}${n}`;
}

/** The points that a case is named after. */
export function pointsNamed(name: string): readonly KillPoint[] {
  const all = new Map(
    Array.from({ length: mostPoints }, (_, i) => pointsAt(i + 1)).flatMap(({ write, effect }) =>
      [...write, ...effect].map((point) => [nameOf(point), point] as const),
    ),
  );
  return name.split('-').flatMap((part) => all.get(part) ?? []);
}

/** Every point of a kind, for n from 1. */
export function pointsAt(n: number): {
  readonly write: readonly KillPoint[];
  readonly effect: readonly KillPoint[];
} {
  return {
    write: killMoments.map((moment) => ({ at: 'write', moment, n })),
    effect: effectMoments.map((moment) => ({ at: 'effect', moment, n })),
  };
}

/** A write for the sake of this run: all but the Lease and what several runs share. */
export function isFor(run: string): (call: Call) => boolean {
  return (call) =>
    call.isWrite && call.kind !== 'lease' && (call.name.startsWith(run) || call.body.includes(`"${run}`));
}

/** Kills the controller when it comes to this point of the run; counting begins now. Tells when it did. */
export class Trap {
  killedMs: number | undefined;
  readonly #bench: Bench;
  #isOff = false;

  private constructor(bench: Bench) {
    this.#bench = bench;
  }

  static set(bench: Bench, run: string, point: KillPoint): Trap {
    return point.at === 'write' ? Trap.atWrite(bench, point, isFor(run)) : Trap.#atEffect(bench, run, point);
  }

  static atWrite(
    bench: Bench,
    { moment, n }: { readonly moment: KillMoment; readonly n: number },
    matches: (call: Call) => boolean,
  ): Trap {
    const trap = new Trap(bench);
    bench.proxy.onCall = atNth(n, matches, () => ({ type: 'kill', moment, act: () => trap.#spring() }));
    return trap;
  }

  static #atEffect(bench: Bench, run: string, point: Extract<KillPoint, { at: 'effect' }>): Trap {
    const trap = new Trap(bench);
    let seen = 0;
    bench.provider.onArrival = (call) => {
      if (call.run !== run) return;
      seen += 1;
      if (seen !== point.n) return;
      if (point.moment === 'arrival') trap.#spring();
      else
        bench.provider.onAnswered = (answered) => {
          if (answered !== call) return;
          if (point.moment === 'answer') trap.#spring();
          else setTimeout(() => trap.#spring(), laterMs);
        };
    };
    return trap;
  }

  #spring(): void {
    if (this.killedMs !== undefined || this.#isOff) return;
    this.#bench.controller?.kill();
    this.killedMs = performance.now();
    this.#bench.runs.lookAgain();
  }

  takeAway(): void {
    this.#isOff = true;
    this.#bench.proxy.onCall = () => undefined;
    this.#bench.provider.onArrival = () => undefined;
    this.#bench.provider.onAnswered = () => undefined;
  }
}
