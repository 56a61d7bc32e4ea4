import { secretSpellings } from '../../src/api/secret-spellings.ts';
import type { Canaries } from './scene.ts';

/** Slots whose value stands in a text in some spelling. */
export function leaksIn({ values, slots }: Canaries, text: string): readonly string[] {
  return values.flatMap((value, index) => {
    const spelling = secretSpellings(value).find((each) => text.includes(each));
    return spelling === undefined ? [] : [`${slots[index] ?? ''}: ${spelling}`];
  });
}
