import type { JsonObject } from '../../../api/json.ts';
import { commandWord } from '../../command-word.ts';
import { adviseOnLastWords } from '../../diagnosis/last-words.ts';
import type { Severity } from '../../finding.ts';
import { objectsAt, textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { Analyzer, Problem } from '../analyzer.ts';
import { isDown, logWishesOf, type LogWish } from '../logs/log-wishes.ts';
import { tellingLine, type TellingLine } from '../logs/telling-line.ts';
import type { Look } from '../look.ts';
import { isLeaving } from '../snapshot.ts';

export const log: Analyzer = {
  name: 'Log',
  judges: ['Pod'],
  reads: [],
  logs: (look) => (isLeaving(look.object) ? [] : logWishesOf(look.object)),
  check: (look) => {
    if (isLeaving(look.object)) return [];
    const told = logWishesOf(look.object).flatMap((wish) => {
      const said = tellingLine(look.log(wish) ?? '');
      return said === undefined ? [] : [{ wish, said }];
    });
    const byContainer = Map.groupBy(told, ({ wish }) => wish.container);
    return [...byContainer.values()].flatMap((runs) => {
      const worst = runs.toSorted(
        (a, b) => weights.indexOf(a.said.weight) - weights.indexOf(b.said.weight),
      )[0];
      return worst === undefined ? [] : [problem(look, worst)];
    });
  },
};

/** Of equally bad ones the run before counts: that is where a container that is down says why. */
const weights: readonly TellingLine['weight'][] = ['fatal', 'error', 'word'];

interface Told {
  readonly wish: LogWish;
  readonly said: TellingLine;
}

function problem(look: Look, { wish, said }: Told): Problem {
  const line = look.quote(said.line);
  const name = quoteText(wish.container, 63);
  const more = said.count === 1 ? '' : ` (one of ${said.count} such lines)`;
  const run = wish.previous ? 'The run before the last restart of container' : 'Container';
  const status = statusOf(look, wish.container);
  return {
    id: said.weight === 'fatal' ? 'FatalInLog' : 'ErrorInLog',
    severity: severityOf(said.weight, isDown(status)),
    container: name,
    text: `${run} ${name} says in its log: ${line}${more}`,
    fix: adviseOnLastWords(said.line) ?? 'Read the lines before it.',
    commands: [
      `kubectl logs ${commandWord(look.name)} -n ${commandWord(look.namespace)} -c ${commandWord(wish.container)}${wish.previous ? ' --previous' : ''}`,
    ],
    k8sgpt: {
      kind: 'Pod',
      name: `${look.namespace}/${look.name}/${name}`,
      text: wish.previous ? `previous container logs: ${line}` : line,
    },
  };
}

/** What a program that runs says of its requests is for its own people; what it said before it went down, for all. */
function severityOf(weight: TellingLine['weight'], isDownNow: boolean): Severity {
  if (weight === 'fatal') return isDownNow ? 'high' : 'medium';
  if (weight === 'error') return isDownNow ? 'medium' : 'low';
  return isDownNow ? 'low' : 'info';
}

function statusOf({ object }: Look, container: string): JsonObject {
  return (
    ['containerStatuses', 'initContainerStatuses']
      .flatMap((list) => objectsAt(object, 'status', list))
      .find((status) => textAt(status, 'name') === container) ?? {}
  );
}
