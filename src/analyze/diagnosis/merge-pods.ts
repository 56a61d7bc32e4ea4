import type { Finding } from '../finding.ts';

/** Evidence of more Pods than this adds nothing. */
const shownPods = 3;

/** The same finding on several Pods of one object becomes one, with the evidence of the first Pods. */
export function mergePods(found: readonly (readonly Finding[])[]): readonly Finding[] {
  const merged = new Map<string, Finding[]>();
  for (const finding of found.flat()) {
    const key = JSON.stringify([finding.id, finding.container ?? '', finding.text]);
    const same = merged.get(key);
    if (same === undefined) merged.set(key, [finding]);
    else same.push(finding);
  }
  return [...merged.values()]
    .map(([first, ...others]) => {
      if (first === undefined || others.length === 0) return first;
      const more = others.length + 1 - shownPods;
      return {
        ...first,
        evidence: [
          ...first.evidence,
          ...others.slice(0, shownPods - 1).flatMap((finding) => finding.evidence.slice(0, 1)),
          ...(more > 0 ? [{ source: `${more} more ${more === 1 ? 'Pod' : 'Pods'}`, text: 'the same' }] : []),
        ],
      };
    })
    .filter((finding) => finding !== undefined);
}
