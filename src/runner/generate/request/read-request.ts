import { isDeepStrictEqual } from 'node:util';
import type { Json, JsonObject } from '../../../api/json.ts';
import { parseImage } from '../../../analyze/image-reference.ts';
import { procedures } from '../procedures.ts';
import { valueRules } from './value-rules.ts';

/** What the words of a request say by fixed rules; nothing in it is guessed. */
export interface ReadRequest {
  /** Names of the procedures whose words are in it. */
  readonly procedures: readonly string[];
  /** Values by the names of parameters, unchecked; `namespace` may be one of them. */
  readonly variables: JsonObject;
  /** Parameters that it gives two values. */
  readonly contradictory: readonly string[];
  /** Words that no rule knows. */
  readonly unused: readonly string[];
  /** A word that turns the meaning of others round, such as `without`: rules cannot tell of which. */
  readonly turned?: string;
  /** A word that wants something done to what there is, such as `delete`. */
  readonly otherDeed?: string;
}

/** A request of more is none. In characters. */
export const longestRequest = 2000;

const turning = /\b(?:no|not|without|never|except|don't|doesn't|instead|unless|but)\b/i;
const otherDeed =
  /\b(?:deletes?|removes?|destroys?|drains?|restarts?|roll(?:s|ing)? ?back|stops?|kills?|exec|uninstalls?|evicts?|cordons?)\b/i;

export function readRequest(text: string): ReadRequest {
  let rest = ` ${text.replaceAll(/\s+/g, ' ')} `;
  const found = new Map<string, Json[]>();
  const add = (name: string, value: Json): void => void found.set(name, [...(found.get(name) ?? []), value]);
  rest = takeImages(rest, (image) => add('image', image));
  for (const { pattern, read } of valueRules) {
    for (let match = pattern.exec(rest); match !== null; match = pattern.exec(rest)) {
      const values = Object.entries(read(match));
      if (values.length === 0) break;
      for (const [name, value] of values) if (value !== undefined) add(name, value);
      rest = blank(rest, match);
    }
  }
  const turned = turning.exec(rest)?.[0];
  const deed = otherDeed.exec(rest)?.[0];
  const chosen = takeProcedures(rest);
  const variables = Object.fromEntries([...found].map(([name, values]) => [name, values[0] ?? null]));
  return {
    procedures: isJobWithTimes(chosen.names, variables) ? ['cron-job'] : chosen.names,
    variables,
    contradictory: [...found]
      .filter(([, values]) => values.some((value) => !isDeepStrictEqual(value, values[0])))
      .map(([name]) => name),
    unused: unusedWords(chosen.rest),
    ...(turned === undefined ? {} : { turned }),
    ...(deed === undefined ? {} : { otherDeed: deed }),
  };
}

/** A job that has times to run at is what Kubernetes calls a CronJob. */
function isJobWithTimes(names: readonly string[], variables: JsonObject): boolean {
  return names.length === 1 && names[0] === 'job' && variables['schedule'] !== undefined;
}

/** An image is known by its tag, its digest or its host; a bare word such as `nginx` may be anything, unless it follows `image`. */
function takeImages(text: string, take: (image: string) => void): string {
  const named = /\bimages?[:=]? ([^\s,;'"]+)/i.exec(text);
  const name = plain(named?.[1] ?? '');
  if (named !== null && !empty.has(name.toLowerCase()) && parseImage(name).kind === 'image') {
    take(name);
    return takeImages(blank(text, named), take);
  }
  const word = /\S+/g;
  for (let match = word.exec(text); match !== null; match = word.exec(text)) {
    const image = plain(match[0]);
    if (!/^[a-z]/i.test(image) || parseImage(image).kind !== 'image') continue;
    if (!/[^/]:[^/]+$|^[^/]+\.[^/]+\/./.test(image)) continue;
    take(image);
    return takeImages(blank(text, match), take);
  }
  return text;
}

/** Without the marks of a sentence around it. */
function plain(word: string): string {
  return word.replace(/^["'`(]+/, '').replace(/["'`),.;:!?]+$/, '');
}

function takeProcedures(text: string): { readonly names: readonly string[]; readonly rest: string } {
  const byWord = Map.groupBy(
    procedures.flatMap(({ name, words }) => [name, ...words].map((word) => ({ word, name }))),
    ({ word }) => word,
  );
  let rest = text;
  const found = new Set<string>();
  for (const [word, means] of [...byWord].toSorted(([a], [b]) => b.length - a.length)) {
    const pattern = new RegExp(`\\b${word.replaceAll('-', '[- ]')}s?\\b`, 'i');
    for (let match = pattern.exec(rest); match !== null; match = pattern.exec(rest)) {
      for (const { name } of means) found.add(name);
      rest = blank(rest, match);
    }
  }
  return { names: procedures.map(({ name }) => name).filter((name) => found.has(name)), rest };
}

function blank(text: string, { index, 0: matched }: RegExpExecArray): string {
  return `${text.slice(0, index)} , ${text.slice(index + matched.length)}`;
}

/** Words that say nothing about what is to be made. */
const empty = new Set(
  `a an the and or with of for on to in at by from into as is it its that this which who my our your me i we us you please
  create creates make makes generate generates deploy deploys run runs running want wants need needs would like could can should
  must give add have has new some called named using use uses listen listens listening expose exposes exposed serve serves served
  kubernetes k8s manifest manifests yaml so be there also each one secure`.split(/\s+/),
);

function unusedWords(text: string): readonly string[] {
  const words = text.split(/[\s,;]+/).map(plain);
  return [...new Set(words.filter((word) => word !== '' && !empty.has(word.toLowerCase())))].slice(0, 50);
}
