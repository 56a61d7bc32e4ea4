import type { KubeObject } from '../api/kube-object.ts';
import { isObject, type Json, type JsonObject } from '../api/json.ts';

/** What a program reads: one word, or a list of them. `[a]`, `{"a":1}` and prose are none. */
const word = /^[\w.:/@,;=+*%~^$&?#|-]{0,253}$/;

/** Deeper than any pod template. */
const deepest = 20;

/** The object with each annotation that says something in words reduced to its length, those of pod templates included. */
export function withoutFreeText(object: KubeObject): KubeObject {
  return reduced(object as unknown as JsonObject, 0) as unknown as KubeObject;
}

/** The annotations that `withoutFreeText` leaves out. */
export function freeTexts(object: KubeObject): readonly string[] {
  const texts: string[] = [];
  const visit = (value: JsonObject, depth: number): void => {
    for (const [key, item] of Object.entries(value)) {
      if (!isObject(item) || depth > deepest) continue;
      const annotations = key === 'metadata' ? item['annotations'] : undefined;
      if (isObject(annotations)) texts.push(...Object.values(annotations).filter(isFreeText));
      else visit(item, depth + 1);
    }
  };
  visit(object as unknown as JsonObject, 0);
  return texts;
}

function isFreeText(value: Json | undefined): value is string {
  return typeof value === 'string' && !word.test(value);
}

function reduced(value: JsonObject, depth: number): JsonObject {
  return Object.fromEntries(
    Object.entries(value).map(([key, item]): [string, Json] => {
      if (!isObject(item) || depth > deepest) return [key, item];
      const isMetadata = key === 'metadata' && isObject(item['annotations']);
      return [
        key,
        isMetadata ? { ...item, annotations: terse(item['annotations']) } : reduced(item, depth + 1),
      ];
    }),
  );
}

function terse(annotations: Json | undefined): JsonObject {
  if (!isObject(annotations)) return {};
  return Object.fromEntries(
    Object.entries(annotations).map(([key, value]) => [
      key,
      isFreeText(value) ? `(text of ${value.length} characters)` : value,
    ]),
  );
}
