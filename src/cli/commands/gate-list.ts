import type { StoredVerdict } from '../../gate/verdict-store.ts';
import type { JsonObject } from '../../api/json.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { verdictNamespace } from '../gates/find-stored.ts';
import { stateText } from '../gates/verdict-view.ts';
import { age, timeText } from '../render/elapsed.ts';
import { objectText } from '../render/object-output.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import { table } from '../terminal/table.ts';
import { withBackend, type BackendFlags } from '../with-backend.ts';

export interface GateListFlags extends BackendFlags {
  readonly gate?: string;
  readonly run?: string;
  readonly output: 'text' | 'json' | 'yaml';
}

const mostListed = 500;

/** The verdicts that are kept of a namespace, newest first. */
export async function gateList(flags: GateListFlags, context: CommandContext): Promise<number> {
  const { io } = context;
  return withBackend(context, flags, async (place) => {
    const { gate, run } = flags;
    const namespace = verdictNamespace(place, flags);
    const found = await place.verdicts.list({
      namespace,
      ...(gate === undefined ? {} : { gate }),
      ...(run === undefined ? {} : { run }),
      limit: mostListed,
    });
    if (flags.output !== 'text') {
      io.stdout.write(await objectText(found.map(itemOf), flags.output));
    } else if (found.length === 0) {
      io.stderr.write(`no verdicts in ${namespace}; a gate gives one: sluice gate -f gate.yaml\n`);
    } else {
      const heads = ['ID', 'GATE', 'VERDICT', 'SCORE', 'RUN', 'STEP', 'AGE', 'EXPIRES'];
      io.stdout.write(table([heads, ...found.map((each) => rowOf(each, io.now()))]));
    }
    return exitCodes.succeeded;
  });
}

function rowOf({ id, verdict, run, step, storedAtMs }: StoredVerdict, nowMs: number): readonly string[] {
  const { gate, score, threshold, expires, override } = verdict;
  const opened = override === null ? '' : ` by ${override.by}`;
  return [
    id,
    gate,
    `${stateText(verdict)}${opened}`,
    score === null ? '-' : `${score}/${threshold}`,
    run,
    step,
    age(storedAtMs, nowMs),
    timeText(override?.expires ?? expires ?? '-'),
  ].map(cleanLine);
}

function itemOf({ id, namespace, run, step, storedAtMs, verdict }: StoredVerdict): JsonObject {
  const { gate, outcome, open, mode, score, threshold, decidedBy, at, expires, subject, override } = verdict;
  return {
    id,
    namespace,
    run,
    step,
    storedAt: new Date(storedAtMs).toISOString(),
    gate,
    outcome,
    open,
    mode,
    score,
    threshold,
    decidedBy,
    at,
    expires,
    subject: { name: subject.name, digest: subject.digest },
    overriddenBy: override?.by ?? null,
    reasons: verdict.reasons.map(({ ruleOrQuote }) => ruleOrQuote),
  };
}
