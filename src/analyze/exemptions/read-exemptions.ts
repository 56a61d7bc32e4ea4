import type { Fault } from '../../api/fault.ts';
import type { JsonObject } from '../../api/json.ts';
import { formatPlace } from '../../api/place.ts';
import { parseTime } from '../../api/rfc3339.ts';
import { nearest } from '../../step-types/nearest.ts';
import {
  documentFault,
  inOrder,
  readCheckedDocument,
  type GivenFile,
} from '../../step-types/schema/read-checked-document.ts';
import type { SourceDocument } from '../../yaml/source-document.ts';
import { objectsAt, textAt } from '../json-fields.ts';
import type { Exemption } from './exemption.ts';
import { exemptionsSchema } from './exemptions-schema.ts';

export interface ReadRules {
  readonly nowMs: number;
  /** Every id that a finding can have, where that is known: any other is a fault. */
  readonly knownRules?: readonly string[];
}

export type ReadExemptions =
  | { readonly ok: true; readonly exemptions: readonly Exemption[] }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** An exemption must come up for review once a year; without an end it would outlive everyone who knows its reason. */
const longestMs = 366 * 24 * 3_600_000;
const dayMs = 24 * 3_600_000;

/** Reads a file of exemptions, or says all its faults, each with its place. Entries whose time is over are no faults. */
export async function readExemptions(file: GivenFile, rules: ReadRules): Promise<ReadExemptions> {
  const read = await readCheckedDocument(file, exemptionsSchema, 'exemptions');
  if (!read.ok) return read;
  const { document } = read;
  if (document === undefined) return { ok: true, exemptions: [] };
  const found = meaningFaults(document, rules);
  if (found.length > 0) return { ok: false, faults: inOrder(found) };
  return {
    ok: true,
    exemptions: entriesOf(document).map((entry, index) => exemptionOf(entry, document, index)),
  };
}

/** What the schema cannot say. */
function meaningFaults(document: SourceDocument, { nowMs, knownRules }: ReadRules): readonly Fault[] {
  return entriesOf(document).flatMap((entry, index) => {
    const found: Fault[] = [];
    const rule = textAt(entry, 'rule');
    if (knownRules !== undefined && !knownRules.includes(rule)) {
      const near = nearest(rule, knownRules);
      const place = ['exemptions', index, 'rule'];
      found.push({
        ...documentFault(document, place, 'UnknownRule', `there is no rule "${rule}"`),
        ...(near === undefined ? {} : { suggestion: near }),
      });
    }
    const said = expiryFault(textAt(entry, 'expires'), nowMs);
    if (said !== undefined)
      found.push(documentFault(document, ['exemptions', index, 'expires'], 'BadExpiry', said));
    return found;
  });
}

function expiryFault(expires: string, nowMs: number): string | undefined {
  const endMs = endOf(expires);
  if (endMs === undefined)
    return `expires must be a date such as 2027-03-31 or a time such as 2027-03-31T18:00:00Z, got ${JSON.stringify(expires.slice(0, 60))}`;
  if (endMs - nowMs > longestMs)
    return `${expires} is more than a year ahead; an exemption must be looked at again at least once a year`;
  return undefined;
}

/** The first moment after it. */
function endOf(expires: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(expires)) return parseTime(expires);
  const startMs = parseTime(`${expires}T00:00:00Z`);
  return startMs === undefined ? undefined : startMs + dayMs;
}

function exemptionOf(entry: JsonObject, document: SourceDocument, index: number): Exemption {
  const optional = ['kind', 'namespace', 'name', 'container', 'owner'] as const;
  const given = optional.map((field) => [field, textAt(entry, field)]).filter(([, value]) => value !== '');
  const expires = textAt(entry, 'expires');
  return {
    rule: textAt(entry, 'rule'),
    ...(Object.fromEntries(given) as Partial<Exemption>),
    reason: textAt(entry, 'reason'),
    expires,
    expiresMs: endOf(expires) ?? 0,
    place: formatPlace(document.locate(['exemptions', index])),
  };
}

function entriesOf(document: SourceDocument): readonly JsonObject[] {
  return objectsAt(document.value, 'exemptions');
}
