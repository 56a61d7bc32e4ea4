import { isObject, type Json, type JsonObject } from '../../../api/json.ts';

/** What a gate should say of it: open (`good`) or not (`bad`). */
export type CaseLabel = 'good' | 'bad';

export interface CalibrationCase {
  readonly name: string;
  readonly label: CaseLabel;
  /** Properties that stand in place of those of the gate: what is judged, and nothing beside the judge that could decide. */
  readonly properties: JsonObject;
}

export type ReadCase =
  | { readonly ok: true; readonly value: CalibrationCase }
  | { readonly ok: false; readonly message: string };

const known = ['label', 'why', 'objects', 'items'];

/**
 * Reads one labelled case: `label: good` or `bad`, and `objects` (manifests) or `items` (kind, ref and text each) or both; `why`
 * is for people. `name` is for reports, such as the name of its file.
 */
export function readCalibrationCase(value: Json, name: string): ReadCase {
  const refuse = (message: string): ReadCase => ({ ok: false, message: `${name}: ${message}` });
  if (!isObject(value)) return refuse('a case is an object with `label` and `objects` or `items`');
  const other = Object.keys(value).find((key) => !known.includes(key));
  if (other !== undefined) return refuse(`there is no field \`${other.slice(0, 60)}\` in a case`);
  const { label } = value;
  if (label !== 'good' && label !== 'bad') return refuse('`label` must be good or bad');
  const [objects, items] = [listOf(value['objects']), listOf(value['items'])];
  if (objects === undefined || items === undefined)
    return refuse('`objects` and `items` are lists of objects');
  if (objects.length + items.length === 0) return refuse('there are neither `objects` nor `items` to judge');
  const properties: JsonObject = {
    subject: objects.length === 0 ? name : objects,
    evidence: items.length === 0 ? {} : { items },
    rules: [],
    cache: 'none',
    calibration: {},
    notJudgedBy: [],
    mode: 'enforce',
    onError: 'block',
    onInconclusive: 'block',
  };
  return { ok: true, value: { name, label, properties } };
}

function listOf(value: Json | undefined): readonly JsonObject[] | undefined {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return undefined;
  const all = value as readonly Json[];
  return all.every(isObject) ? all : undefined;
}
