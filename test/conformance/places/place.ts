import type { Fault } from '../../../src/api/fault.ts';
import type { Outcome } from '../outcome.ts';
import type { PlaceName, Scenario } from '../scenario.ts';

/** Where scenarios run. Each may be called for several scenarios at once. */
export interface Place {
  readonly name: PlaceName;
  play(scenario: Scenario): Promise<Outcome>;
  close(): Promise<void>;
}

/** A name for the run of a scenario, of letters, digits and hyphens. */
export function runName({ name }: Scenario): string {
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return plain.slice(0, 50).replaceAll(/^-|-$/g, '');
}

/** Plays scenarios, so many at a time; what came of each, or why nothing did, by name. */
export function playAll(
  place: Place,
  scenarios: readonly Scenario[],
  atOnce: number,
): ReadonlyMap<string, Promise<Outcome>> {
  const waiting = scenarios.map((scenario) => ({ scenario, ...Promise.withResolvers<Outcome>() }));
  const outcomes = new Map(waiting.map(({ scenario, promise }) => [scenario.name, promise]));
  // Whoever asks for an outcome is told of its failure.
  for (const { promise } of waiting) promise.catch(() => undefined);
  const next = async (): Promise<void> => {
    for (let entry = waiting.shift(); entry !== undefined; entry = waiting.shift()) {
      const { scenario, resolve, reject } = entry;
      await place.play(scenario).then(resolve, reject);
    }
  };
  for (let index = 0; index < atOnce; index += 1) void next();
  return outcomes;
}

/** What came of a scenario among those that are played. */
export function playedOf(
  outcomes: ReadonlyMap<string, Promise<Outcome>>,
  { name }: Scenario,
): Promise<Outcome> {
  return outcomes.get(name) ?? Promise.reject(new Error(`${name} is not played here`));
}

/** Why a run does not start. */
export function refusalOf(faults: readonly Fault[]): NonNullable<Outcome['refused']> {
  const errors = faults.filter(({ severity }) => severity === 'error');
  return {
    codes: errors.map(({ code }) => code),
    text: errors.map(({ message }) => message).join('\n'),
  };
}
