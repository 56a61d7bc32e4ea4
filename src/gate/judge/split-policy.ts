import type { Criterion } from './criteria.ts';

const most = 50;
const longest = 500;

export type SplitPolicy =
  | { readonly ok: true; readonly criteria: readonly Criterion[] }
  | { readonly ok: false; readonly message: string };

/**
 * Splits a policy in plain text into criteria, always the same way and without a model: one for each list item where there are
 * any, else for each sentence. Headings and blank lines say nothing. None of them is a key.
 */
export function splitPolicy(text: string): SplitPolicy {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => !/^\s*(?:#|=+\s*$|-{3,}\s*$)/.test(line));
  const items = listItems(lines);
  const statements = (items.length > 0 ? items : sentences(lines.join('\n')))
    .map((each) => each.replaceAll(/\s+/g, ' ').trim())
    .filter((each) => /\p{L}/u.test(each));
  if (statements.length === 0) return { ok: false, message: 'the policy says nothing that could be judged' };
  if (statements.length > most)
    return {
      ok: false,
      message: `the policy has ${statements.length} statements; at most ${most} are judged`,
    };
  const long = statements.find((each) => each.length > longest);
  if (long !== undefined)
    return {
      ok: false,
      message: `the statement "${long.slice(0, 40)}…" is longer than ${longest} characters`,
    };
  return { ok: true, criteria: statements.map(criterionOf) };
}

/** Items with the lines that continue them; text before the first and after a blank line belongs to none of them. */
function listItems(lines: readonly string[]): readonly string[] {
  const items: string[] = [];
  const loose: string[] = [];
  let isInItem = false;
  for (const line of lines) {
    const item = /^\s*(?:[-*•+]|\d{1,3}[.)])\s+(.*)$/.exec(line);
    if (item !== null) items.push(item[1] ?? '');
    else if (isInItem && line.trim() !== '') items.push(`${items.pop() ?? ''} ${line.trim()}`);
    else loose.push(line);
    isInItem = item !== null || (isInItem && line.trim() !== '');
  }
  if (items.length === 0) return [];
  // A sentence beside the list is part of the policy, too, but for one that only announces the list.
  return [...sentences(loose.join('\n')).filter((each) => !each.trim().endsWith(':')), ...items];
}

/** Ends at `.`, `!` or `?` before a blank, but not in `e.g.` and the like; a blank line ends one, too. */
function sentences(text: string): readonly string[] {
  return text
    .split(/\n\s*\n/)
    .flatMap((paragraph) =>
      paragraph.split(/(?<=[.!?])(?<!\b(?:e\.g|i\.e|etc|cf|vs|no)\.)\s+|(?<=[。！？])\s*/i),
    );
}

function criterionOf(statement: string, index: number): Criterion {
  const question = statement.endsWith('?') ? statement : `Does this hold: ${statement}`;
  return { id: `policy-${index + 1}`, question, pass: 'yes', weight: 1, key: false, quote: true };
}
