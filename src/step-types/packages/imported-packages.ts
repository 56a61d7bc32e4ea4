import { createHash } from 'node:crypto';
import { canonicalJson } from '../../api/canonical-json.ts';
import type { CuePackage } from '../../cue/user-package.ts';
import type { StepTypeSource } from '../step-type.ts';

/**
 * The step type with those of the packages that it imports. One too many does no harm, so it is enough that the text holds
 * the path; a text that spells a path with escapes is told that there is no such package.
 */
export function withPackages(source: StepTypeSource, visible: readonly CuePackage[]): StepTypeSource {
  if (source.origin === 'built-in') return source;
  const packages = visible.filter(({ path }) => path !== '' && source.text.includes(path));
  return packages.length === 0 ? source : { ...source, packages };
}

/** Of each path and of each name the first, in the order given. */
export function firstOfEach(packages: readonly CuePackage[]): readonly CuePackage[] {
  const [paths, names] = [new Set<string>(), new Set<string>()];
  return packages.filter(({ path, name }) => {
    const isFirst = !paths.has(path) && !names.has(name);
    paths.add(path);
    names.add(name);
    return isFirst;
  });
}

/** Packages of one place: which of two with one path is meant must not depend on an order, so neither can be used. */
export function withoutDoubles(packages: readonly CuePackage[]): readonly CuePackage[] {
  return packages.map((own) => {
    const other = packages.find(({ path, name }) => path === own.path && name !== own.name);
    return other === undefined ? own : { ...own, unusable: samePath(own.path, [own.name, other.name]) };
  });
}

function samePath(path: string, names: readonly string[]): string {
  return `the Packages ${names.toSorted().join(' and ')} have the path ${path}`;
}

/** SHA-256 (hex) of all that a step type is: its text, and the packages it imports. */
export function digestOfSource({ text, packages = [] }: Pick<StepTypeSource, 'text' | 'packages'>): string {
  const hash = createHash('sha256').update(text);
  if (packages.length > 0) hash.update('\0').update(canonicalJson(packages));
  return hash.digest('hex');
}
