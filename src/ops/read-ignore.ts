import type { Exemption } from '../analyze/exemptions/exemption.ts';
import { readExemptions } from '../analyze/exemptions/read-exemptions.ts';
import { SluiceError } from '../api/errors.ts';
import { stringifyJson, type JsonObject } from '../api/json.ts';
import { listParam } from './param-values.ts';

/** The exemptions of the param `ignore`. `knownRules`: every id there is, where that is known. Throws SluiceError `invalid`. */
export async function readIgnore(
  params: JsonObject,
  nowMs: number,
  knownRules?: readonly string[],
): Promise<readonly Exemption[]> {
  const exemptions = listParam(params, 'ignore');
  if (exemptions.length === 0) return [];
  const read = await readExemptions(
    { name: 'ignore', bytes: stringifyJson({ exemptions: [...exemptions] }) },
    { nowMs, ...(knownRules === undefined ? {} : { knownRules }) },
  );
  if (read.ok) return read.exemptions;
  const faults = read.faults.map(({ message }) => message).join('; ');
  throw new SluiceError('invalid', 'BadExemptions', `ignore: ${faults}`);
}
