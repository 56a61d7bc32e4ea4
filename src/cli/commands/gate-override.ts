import { SluiceError } from '../../api/errors.ts';
import { overrideVerdict } from '../../gate/override.ts';
import type { StoredVerdict } from '../../gate/verdict-store.ts';
import type { Session } from '../../runner/session.ts';
import type { CommandContext } from '../command-context.ts';
import { parseDurationOption } from '../duration-option.ts';
import { exitCodes } from '../exit-code.ts';
import { findStored, verdictNamespace } from '../gates/find-stored.ts';
import { timeText } from '../render/elapsed.ts';
import { clusterPlace } from '../place.ts';
import { allSteps } from '../render/plain-lines.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import type { BackendFlags } from '../with-backend.ts';
import { withSession } from '../with-session.ts';
import { workflowResume, type WorkflowResumeFlags } from './workflow-resume.ts';

export interface GateOverrideFlags extends BackendFlags, Pick<WorkflowResumeFlags, 'waitSuspended'> {
  readonly verdict?: string;
  readonly reason: string;
  readonly role: readonly string[];
  readonly for: string;
  readonly by?: string;
  readonly output: 'text' | 'json' | 'yaml';
}

/**
 * Opens a verdict in a person's name, for a time and with a reason, and lets the step go on that waits for it. Outcome and score
 * stay what they were.
 */
export async function gateOverride(
  run: string,
  step: string | undefined,
  flags: GateOverrideFlags,
  context: CommandContext,
): Promise<number> {
  const { io } = context;
  const forMs = parseDurationOption('--for', flags.for);
  if ((await clusterPlace(flags, io)) !== undefined) throw notOnClusters();
  const waiting = await withSession(context, flags, async (place) => {
    const stored = await findVerdict(place, run, step, flags);
    const { id, verdict, namespace } = stored;
    if (verdict.override !== null) throw alreadyOpened(stored);
    const nowMs = io.now();
    const request = {
      by: flags.by ?? io.user,
      groups: flags.role,
      reason: flags.reason,
      expires: new Date(nowMs + forMs).toISOString(),
    };
    const opened = overrideVerdict(verdict, request, nowMs);
    if (!opened.ok || opened.verdict.override === null)
      throw new SluiceError('invalid', 'BadOverride', opened.ok ? 'nothing was opened' : opened.message);
    await place.verdicts.override(namespace, id, opened.verdict.override);
    const { by, expires } = opened.verdict.override;
    const said = `gate ${cleanLine(verdict.gate)} (${verdict.outcome}) is opened by ${cleanLine(by)} until ${timeText(expires)}`;
    io.stderr.write(`${said}\n`);
    return waitsFor(place, stored);
  });
  if (waiting === undefined) return exitCodes.succeeded;
  const { name, namespace } = waiting;
  return workflowResume(name, { ...flags, namespace }, context);
}

/** By the id of the verdict, or the newest of a step of a run. */
async function findVerdict(
  place: Session,
  run: string,
  step: string | undefined,
  flags: GateOverrideFlags,
): Promise<StoredVerdict> {
  const byId = flags.verdict ?? (step === undefined ? run : undefined);
  if (byId !== undefined) {
    const found = await findStored(place, flags, byId);
    if (flags.verdict !== undefined && found.run !== run)
      throw new SluiceError(
        'invalid',
        'NoSuchVerdict',
        `verdict ${byId} is of run ${found.run}, not of ${run}`,
      );
    return found;
  }
  const namespace = verdictNamespace(place, flags);
  const all = await place.verdicts.list({ namespace, run, limit: 500 });
  const found = all.find((each) => each.step === step || each.verdict.gate === step);
  if (found !== undefined) return found;
  const steps = [...new Set(all.map((each) => each.step))].join(', ');
  throw new SluiceError('invalid', 'NoSuchVerdict', `step ${step ?? ''} of run ${run} has given no verdict`, {
    hint: steps === '' ? 'Look at what there is: sluice gate list' : `Its gates are: ${steps}`,
  });
}

/** The run, where a step of it waits for a person over this verdict. */
async function waitsFor(
  place: Session,
  { run, namespace, step }: StoredVerdict,
): Promise<{ readonly name: string; readonly namespace: string } | undefined> {
  const runs = await place.list(namespace);
  if (!runs.some(({ ref }) => ref.name === run)) return undefined;
  const { view } = await place.get({ name: run, namespace });
  const found = allSteps(view.steps).find(({ path }) => path === step);
  return found?.waiting?.kind === 'person' ? { name: run, namespace } : undefined;
}

function alreadyOpened({ id, verdict: { override } }: StoredVerdict): SluiceError {
  const who = `${override?.by ?? ''} until ${timeText(override?.expires ?? '')}`;
  return new SluiceError('invalid', 'AlreadyOpened', `verdict ${id} was opened before, by ${who}`, {
    hint: 'A verdict is opened once; run the gate again for another.',
  });
}

function notOnClusters(): SluiceError {
  return new SluiceError('invalid', 'NoApprovals', 'gates of a cluster cannot be opened from here', {
    hint: 'Approvals on clusters are not available: let the gate pass, or run the workflow locally.',
  });
}
