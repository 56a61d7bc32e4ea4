import type { Fault } from '../api/fault.ts';
import { isObject, type JsonObject } from '../api/json.ts';
import type { CuePackage } from '../cue/user-package.ts';
import { firstOfEach, withPackages } from '../step-types/packages/imported-packages.ts';
import { checkPackage, type PackageParts } from '../step-types/packages/check-package.ts';
import type { PackageSource } from '../step-types/packages/package-source.ts';
import { readPackage } from '../step-types/packages/read-package.ts';
import type { StepTypeSource } from '../step-types/step-type.ts';
import { readDocuments } from '../yaml/read-documents.ts';
import type { SourceDocument } from '../yaml/source-document.ts';

/** A Package of a file, and where its fields stand there. */
export interface PackageDocument {
  readonly source: PackageSource;
  readonly document: SourceDocument;
}

/** All faults of these Packages, which take the place of those that stand already under the same names. */
export async function packageFaults(
  given: readonly PackageDocument[],
  standing: readonly CuePackage[],
  parts: PackageParts,
): Promise<readonly Fault[]> {
  const own = given.map(({ document }) => readPackage(document).package);
  const names = new Set(own.map(({ name }) => name));
  const others = [...own, ...standing.filter(({ name }) => !names.has(name))];
  const faults: Fault[] = [];
  // oxlint-disable-next-line no-await-in-loop -- one CUE engine answers them all
  for (const { document } of given) faults.push(...(await checkPackage(document, others, parts)));
  return faults;
}

/** What templates may import: of each path and of each name the first. */
export function visiblePackages(sources: readonly PackageSource[]): readonly CuePackage[] {
  return firstOfEach(sources.map((source) => readPackage(documentOf(source)).package));
}

/** The step types with the Packages that each imports. */
export function importing(
  sources: readonly StepTypeSource[],
  packages: readonly CuePackage[],
): readonly StepTypeSource[] {
  return packages.length === 0 ? sources : sources.map((source) => withPackages(source, packages));
}

/** A Package as an object. */
export function packageObject(source: PackageSource): JsonObject {
  const { value } = documentOf(source);
  return isObject(value) ? value : {};
}

/** The text was a document when it was taken in. */
function documentOf({ text, file }: PackageSource): SourceDocument {
  const [document] = readDocuments(text, file).documents;
  if (document === undefined) throw new Error(`${file} holds no Package`);
  return document;
}
