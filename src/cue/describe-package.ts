import type { ExprFault } from '../expr/expression.ts';
import { tableOf } from './cue-template.ts';
import type { CuePool } from './pool.ts';
import type { CuePlace } from './protocol.ts';
import type { CuePackage } from './user-package.ts';

/** A function that a package of the user declares. */
export interface PackageFunction {
  readonly name: string;
  readonly provider: string;
  readonly do: string;
  readonly hasParams: boolean;
  /** `source` is PATH/FILE of the package. */
  readonly at?: CuePlace;
}

export type PackageDescription =
  | { readonly ok: true; readonly functions: readonly PackageFunction[] }
  /** Sources of places as those of functions. */
  | { readonly ok: false; readonly faults: readonly ExprFault[] };

/** Checks a package by itself and lists its functions. */
export async function describePackage(
  pool: CuePool,
  own: CuePackage,
  others: readonly CuePackage[],
): Promise<PackageDescription> {
  const beside = others.filter(({ path }) => path !== own.path);
  const response = await pool.ask({ fn: 'package', expr: own.path, imports: tableOf([own, ...beside]) });
  if (response.problems !== undefined) return { ok: false, faults: response.problems };
  return { ok: true, functions: (response.ops ?? []).map((op) => ({ hasParams: false, ...op })) };
}
