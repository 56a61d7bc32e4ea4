import type { Fault } from '../../api/fault.ts';
import type { JsonObject } from '../../api/json.ts';
import { formatPlace } from '../../api/place.ts';
import { parseTime } from '../../api/rfc3339.ts';
import { nearest } from '../../step-types/nearest.ts';
import { compileCheck } from '../../step-types/schema/parameter-check.ts';
import { readDocuments } from '../../yaml/read-documents.ts';
import type { SourceDocument } from '../../yaml/source-document.ts';
import { objectsAt, textAt } from '../json-fields.ts';
import type { Exemption } from './exemption.ts';
import { exemptionsSchema } from './exemptions-schema.ts';

export interface ExemptionsFile {
  /** What places show. */
  readonly name: string;
  readonly bytes: string | Uint8Array;
}

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
export async function readExemptions(file: ExemptionsFile, rules: ReadRules): Promise<ReadExemptions> {
  const { documents, faults } = readDocuments(file.bytes, file.name);
  const broken = faults.filter(({ severity }) => severity === 'error');
  if (broken.length > 0) return { ok: false, faults: broken };
  const [document, second] = documents;
  if (document === undefined) return { ok: true, exemptions: [] };
  if (second !== undefined) {
    const message = 'the file holds more than one document; put all exemptions under one `exemptions:`';
    return { ok: false, faults: [fault(second, [], 'SecondDocument', message)] };
  }
  const check = await compileCheck(exemptionsSchema, 'a file of exemptions');
  const shape = check(document.value);
  const found = shape.ok ? meaningFaults(document, rules) : shapeFaults(document, shape.faults);
  if (found.length > 0)
    return { ok: false, faults: found.toSorted((a, b) => a.line - b.line || a.column - b.column) };
  return {
    ok: true,
    exemptions: entriesOf(document).map((entry, index) => exemptionOf(entry, document, index)),
  };
}

type Path = readonly (string | number)[];
type ShapeFaults = Extract<ReturnType<Awaited<ReturnType<typeof compileCheck>>>, { ok: false }>['faults'];

function shapeFaults(document: SourceDocument, faults: ShapeFaults): readonly Fault[] {
  return faults.map(({ path, code, message, suggestion }) => ({
    ...fault(
      document,
      path,
      code,
      message.replace(/^parameter /, '').replace(/^the properties /, 'the file '),
    ),
    ...(code === 'UnknownParameter' ? document.locate(path, 'key') : {}),
    ...(suggestion === undefined ? {} : { suggestion }),
  }));
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
        ...fault(document, place, 'UnknownRule', `there is no rule "${rule}"`),
        ...(near === undefined ? {} : { suggestion: near }),
      });
    }
    const said = expiryFault(textAt(entry, 'expires'), nowMs);
    if (said !== undefined) found.push(fault(document, ['exemptions', index, 'expires'], 'BadExpiry', said));
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

function fault(document: SourceDocument, path: Path, code: string, message: string): Fault {
  return { ...document.locate(path), code, severity: 'error', message };
}
