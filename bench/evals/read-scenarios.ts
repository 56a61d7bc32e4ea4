import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Ajv, type ErrorObject } from 'ajv';
import { SluiceError } from '../../src/api/errors.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { formatPlace } from '../../src/api/place.ts';
import { readDocuments } from '../../src/yaml/read-documents.ts';
import type { SourceDocument } from '../../src/yaml/source-document.ts';
import { ageMs } from './age.ts';
import { scenarioSchema } from './scenario-schema.ts';
import type { FindingPattern, Scenario, ScenarioFile, World, WrittenPattern } from './scenario.ts';

const directory = join(import.meta.dirname, 'scenarios');
const validate = new Ajv({ strict: false }).compile<ScenarioFile>(scenarioSchema);

/** All scenarios, by id. Throws SluiceError `invalid` with file, line and column of the first fault. */
export function readScenarios(): readonly Scenario[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.yaml'))
    .toSorted()
    .map((name) => readScenario(readFileSync(join(directory, name)), name));
}

/** One scenario; `name` is that of its file, which gives the id. Throws as `readScenarios` does. */
export function readScenario(bytes: Uint8Array, name: string): Scenario {
  const { documents, faults } = readDocuments(bytes, name);
  const fault = faults.find(({ severity }) => severity === 'error');
  if (fault !== undefined) throw refusal(formatPlace(fault), fault.message);
  const [document, second] = documents;
  if (document === undefined || second !== undefined) throw refusal(name, 'a file holds one scenario');
  const { value } = document;
  if (!validate(value)) throw misfit(document, validate.errors ?? []);
  const file: ScenarioFile = value;
  const { expect } = file;
  if ((expect.verdict === 'broken') !== (expect.root !== undefined))
    throw refusal(
      formatPlace(document.locate(['expect'], 'key')),
      'a broken state has a root, and no other has',
    );
  return {
    id: basename(name, '.yaml'),
    title: file.title,
    source: file.source,
    about: file.about.trim(),
    world: worldOf(file),
    expect: {
      verdict: expect.verdict,
      roots: [expect.root ?? []].flat().map((each) => patternOf(each)),
      consequences: expect.consequences ?? [],
      mustReport: (expect.mustReport ?? []).map((each) => patternOf(each)),
      mustNotReport: (expect.mustNotReport ?? []).map((each) => patternOf(each)),
      notChecked: expect.notChecked ?? [],
      ...(expect.problems === undefined ? {} : { problems: expect.problems }),
    },
  };
}

function worldOf({ state, denied, notInstalled, logs, manifests, images, after }: ScenarioFile): World {
  if (manifests !== undefined)
    return {
      kind: 'made',
      manifests: manifests as unknown as readonly KubeObject[],
      images: images ?? [],
      afterMs: ageMs(after ?? ''),
    };
  return {
    kind: 'state',
    objects: (state ?? []) as unknown as readonly KubeObject[],
    denied: denied ?? [],
    notInstalled: notInstalled ?? [],
    logs: logs ?? [],
  };
}

function patternOf({ reason, ...pattern }: WrittenPattern): FindingPattern {
  return reason === undefined ? pattern : { ...pattern, reason: [reason].flat() };
}

/** The fault that stands deepest says most; those of alternatives stand beside it. */
function misfit(document: SourceDocument, errors: readonly ErrorObject[]): SluiceError {
  const depth = ({ instancePath }: ErrorObject): number => instancePath.split('/').length;
  const [worst] = errors.toSorted((a, b) => depth(b) - depth(a));
  const path = (worst?.instancePath ?? '')
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  const extra = worst?.params['additionalProperty'];
  const place = document.locate(typeof extra === 'string' ? [...path, extra] : path, 'key');
  return refusal(
    formatPlace(place),
    `${worst?.message ?? 'unknown fault'}${extra === undefined ? '' : `: ${String(extra)}`}`,
  );
}

function refusal(place: string, why: string): SluiceError {
  return new SluiceError('invalid', 'Scenario', `${place}: the scenario cannot be used: ${why}`);
}
