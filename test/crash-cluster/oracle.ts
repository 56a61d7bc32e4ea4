import { isObject, type Json } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import type { ProviderCall } from './provider.ts';
import { isAccepted, type Call } from './proxy/call.ts';
import { describeRun, phaseOf, stepsOf } from './run-status.ts';
import type { End, Expected } from './workflows.ts';

/*
 * What became of one run, from what others saw: the provider, the proxy and the API server. What the run says of itself is
 * only compared with its stated end.
 */

/** A controller's death: nothing of it happens after `atMs`, and nothing of the next before `nextStartMs`. */
export interface Kill {
  /** When the controller that died was started. */
  readonly sinceMs: number;
  readonly atMs: number;
  readonly nextStartMs: number;
  /**
   * Of one that was only paused: what it had begun to send, or to store, may still go out until then. What it stores counts
   * as long as the next one has stored nothing.
   */
  readonly lastSendMs?: number;
}

export interface Evidence {
  readonly run: string;
  readonly expected: Expected;
  /** Of this run, in order. */
  readonly provider: readonly ProviderCall[];
  /** Of every controller, in order. */
  readonly proxy: readonly Call[];
  readonly kills: readonly Kill[];
  readonly finished: KubeObject;
  /** By `resource/name`, those that `expected` names. */
  readonly objects: ReadonlyMap<string, KubeObject | undefined>;
  /** The account that effects must be done as. */
  readonly user: string;
}

export interface Verdict {
  readonly lost: number;
  /** One effect under two keys, or a key sent again after its result was recorded. */
  readonly doubled: number;
  /** A key sent again with no record of its result. */
  readonly resent: number;
  /** Deaths between an effect that may be repeated and its record. */
  readonly expectedResent: number;
  readonly wrongEnd: number;
  /** What is wrong, one line each. Empty: all is as promised. */
  readonly faults: readonly string[];
}

export function judge(evidence: Evidence): Verdict {
  const end = endOf(evidence);
  const faults = [...end.faults, ...contentFaults(evidence), ...kubeFaults(evidence)];
  const totals = { lost: 0, doubled: 0, resent: 0, expectedResent: 0 };
  for (const step of Object.keys(evidence.expected.effects)) {
    const effect = judgeEffect(evidence, step, end.matched);
    totals.lost += effect.lost;
    totals.doubled += effect.doubled;
    totals.resent += effect.resent;
    totals.expectedResent += effect.expectedResent;
    faults.push(...effect.faults);
  }
  totals.doubled += kubeFaults(evidence).filter((fault) => fault.startsWith('doubled')).length;
  return { ...totals, wrongEnd: end.faults.length, faults };
}

type Effect = Pick<Verdict, 'lost' | 'doubled' | 'resent' | 'expectedResent' | 'faults'>;

function judgeEffect(evidence: Evidence, step: string, end: End | undefined): Effect {
  const sends = evidence.provider.filter((call) => call.step === step);
  const keys = [...new Set(sends.map(({ key }) => key))];
  const [least, most] = countOf(step, evidence.expected, end);
  const repeats = keys.map((key) =>
    judgeKey(
      evidence,
      sends.filter((call) => call.key === key),
    ),
  );
  const sum = (count: 'doubled' | 'resent' | 'least' | 'most'): number =>
    repeats.reduce((total, of) => total + of[count], 0);
  const doubled = Math.max(0, keys.length - most) + sum('doubled');
  const resent = sum('resent');
  const mayRepeat = evidence.expected.unknown?.[step] === undefined;
  const expectedResent = mayRepeat ? Math.min(Math.max(resent, sum('least')), sum('most')) : 0;
  const lost = Math.max(0, least - keys.length);
  return {
    lost,
    doubled,
    resent,
    expectedResent,
    faults: [
      ...(lost > 0 ? [`lost: ${step} had ${keys.length} of ${least} effects`] : []),
      ...(doubled > 0 ? [`doubled: ${step} was sent as ${sends.map(shown).join(', ')}`] : []),
      ...(resent === expectedResent ? [] : [`re-sent: ${step} ${resent} times, not ${expectedResent}`]),
      ...(keys.includes('') ? [`${step} was sent without an idempotency key`] : []),
      ...(differs(sends) ? [`${step} was sent under one key with different bodies`] : []),
    ],
  };
}

/** How often one key was sent again, and how often a death between effect and record makes that right. */
function judgeKey(
  evidence: Evidence,
  sends: readonly ProviderCall[],
): { readonly doubled: number; readonly resent: number; readonly least: number; readonly most: number } {
  const [first, ...repeats] = sends;
  if (first === undefined) return { doubled: 0, resent: 0, least: 0, most: 0 };
  const recordedMs = recordOf(evidence, first);
  const doubled = repeats.filter(({ arrivedMs }) => recordedMs < arrivedMs).length;
  const open = evidence.kills.filter((kill) => isOpenAt(kill, sends, recordedMs));
  const late = evidence.kills.filter(
    ({ nextStartMs, lastSendMs = 0 }) =>
      recordedMs > nextStartMs &&
      sends.some(({ arrivedMs }) => arrivedMs >= nextStartMs && arrivedMs < lastSendMs),
  );
  // A record may stand where it cannot be seen, or a deadline may pass before anything is sent again.
  const isTimed = evidence.expected.steps[first.step]?.endsWith('/Timeout') === true;
  const isSure = (kill: Kill): boolean =>
    !isTimed && kill.lastSendMs === undefined && !isWrittenBetween(evidence, first, kill);
  return {
    doubled,
    resent: repeats.length - doubled,
    least: open.filter(isSure).length,
    most: open.length + late.length,
  };
}

function shown({ key, arrivedMs }: ProviderCall): string {
  return `${key.slice(0, 8)} +${Math.round(arrivedMs)}`;
}

function differs(sends: readonly ProviderCall[]): boolean {
  return sends.some(({ key, digest }) => sends.some((other) => other.key === key && other.digest !== digest));
}

/** The least and the most effects that a step has in a run that ends so. */
function countOf(step: string, expected: Expected, end: End | undefined): readonly [number, number] {
  const phase = end?.steps[step] ?? '';
  const count = expected.effects[step] ?? 0;
  // The time may have passed, or the outcome become unknown, before anything was sent.
  if (/\/(Unknown|Timeout)$/.test(phase)) return [0, count];
  return phase.startsWith('skipped') ? [0, 0] : [count, count];
}

/** When the outcome of a call was stored; infinity when it was not, or where that cannot be seen. */
function recordOf({ proxy, run }: Evidence, { step, arrivedMs }: ProviderCall): number {
  const isRecord = (call: Call): boolean =>
    isStatusOf(call, run) && call.receivedMs > arrivedMs && isRecorded(call, step);
  return proxy.find(isRecord)?.receivedMs ?? Infinity;
}

/** When the step's end was stored; infinity when it was not. */
function endOfStep({ proxy, run }: Evidence, step: string): number {
  return (
    proxy.find((call) => isStatusOf(call, run) && isOver(call.stored?.steps.get(step)))?.receivedMs ??
    Infinity
  );
}

function isStatusOf(call: Call, run: string): boolean {
  return call.kind === 'status' && call.name === run && isAccepted(call);
}

function isRecorded({ stored }: Call, step: string): boolean {
  const phase = stored?.steps.get(step);
  return isOver(phase) || phase === 'failed/Execute' || stored?.unanswered?.has(step) === false;
}

/** `failed/Execute` is a step between two attempts. */
function isOver(phase: string | undefined): boolean {
  return phase !== undefined && phase !== 'failed/Execute' && /^(succeeded|failed|skipped)/.test(phase);
}

/** Whether something was stored after a call was answered, that may be its record. */
function isWrittenBetween(
  { proxy, run }: Evidence,
  { answeredMs = Infinity }: ProviderCall,
  { nextStartMs }: Kill,
): boolean {
  return proxy.some(
    (call) =>
      isStatusOf(call, run) &&
      call.stored?.unanswered === undefined &&
      call.receivedMs > answeredMs &&
      call.receivedMs < nextStartMs,
  );
}

/** Whether this death came between an effect that this controller had asked for and its record. */
function isOpenAt(
  { sinceMs, nextStartMs }: Kill,
  sends: readonly ProviderCall[],
  recordedMs: number,
): boolean {
  return (
    recordedMs > nextStartMs && sends.some(({ arrivedMs }) => arrivedMs >= sinceMs && arrivedMs < nextStartMs)
  );
}

/** Which of its stated ends the run came to. */
function endOf(evidence: Evidence): {
  readonly matched: End | undefined;
  readonly faults: readonly string[];
} {
  const { expected, finished } = evidence;
  const { must, may } = unknownSteps(evidence);
  const unknown = expected.unknown ?? {};
  const allowed = [
    ...(must.length === 0 ? [expected] : []),
    ...[...must, ...may].flatMap((step) => unknown[step] ?? []),
  ];
  const matched = allowed.find((end) => isEnd(end, finished));
  if (matched !== undefined) return { matched, faults: [] };
  const wanted = allowed.map(({ end, steps }) => `${end} ${JSON.stringify(steps)}`).join(' or ');
  return { matched, faults: [`end: ${describeRun(finished)}, not ${wanted}`] };
}

/** Steps whose outcome a death must have, or may have, left unknown. */
function unknownSteps(evidence: Evidence): {
  readonly must: readonly string[];
  readonly may: readonly string[];
} {
  const [must, may]: [string[], string[]] = [[], []];
  for (const step of Object.keys(evidence.expected.unknown ?? {})) {
    const sends = evidence.provider.filter((call) => call.step === step);
    const recordedMs = sends[0] === undefined ? Infinity : recordOf(evidence, sends[0]);
    const isLeftOpen = (kill: Kill): boolean =>
      kill.lastSendMs === undefined && isOpenAt(kill, sends, recordedMs);
    if (evidence.kills.some(isLeftOpen)) must.push(step);
    else if (evidence.kills.some((kill) => recordedMs > kill.nextStartMs && isIntended(evidence, step, kill)))
      may.push(step);
  }
  return { must, may };
}

function isIntended({ proxy, run }: Evidence, step: string, { nextStartMs, lastSendMs }: Kill): boolean {
  const intents = proxy.filter(
    (call) => isStatusOf(call, run) && call.receivedMs < (lastSendMs ?? nextStartMs),
  );
  if (lastSendMs !== undefined) return intents.some((call) => isRunning(call, step));
  const last = intents.at(-1);
  return last !== undefined && isRunning(last, step);
}

function isRunning({ stored }: Call, step: string): boolean {
  return stored?.steps.get(step)?.startsWith('running') === true;
}

function isEnd({ end, steps }: End, run: KubeObject): boolean {
  const actual = stepsOf(run);
  return (
    phaseOf(run) === end &&
    actual.size === Object.keys(steps).length &&
    Object.entries(steps).every(([name, wanted]) => matches(actual.get(name) ?? '', wanted))
  );
}

function matches(actual: string, wanted: string): boolean {
  return wanted.endsWith('/*') ? actual.split('/')[0] === wanted.slice(0, -2) : actual === wanted;
}

function contentFaults({ expected, provider, objects }: Evidence): readonly string[] {
  const faults: string[] = [];
  for (const call of provider) {
    const body = expected.bodies?.[call.step];
    if (body !== undefined && call.body !== body)
      faults.push(`${call.step} was sent ${call.body.slice(0, 200)}`);
    for (const [name, value] of Object.entries(expected.headers?.[call.step] ?? {}))
      if (call.headers[name] !== value) faults.push(`${call.step} was sent without the header ${name}`);
  }
  for (const [place, wanted] of Object.entries(expected.objects ?? {})) {
    const object = objects.get(place);
    if (object === undefined || !isPart(wanted, object)) faults.push(`${place} is ${JSON.stringify(object)}`);
  }
  return faults;
}

function isPart(wanted: Json, actual: unknown): boolean {
  if (!isObject(wanted)) return wanted === actual;
  return isObject(actual) && Object.entries(wanted).every(([key, value]) => isPart(value, actual[key]));
}

/** Effects in the cluster: in whose name they were done, and none after its step's end was stored. */
function kubeFaults(evidence: Evidence): readonly string[] {
  const { proxy, run, user } = evidence;
  const mine = proxy.filter((call) => call.isWrite && call.user !== '' && call.name.startsWith(`${run}-`));
  return mine.flatMap((call) => {
    const what = `${call.verb} ${call.resource}/${call.name}`;
    const recordedMs = Math.min(
      endOfStep(evidence, call.name),
      endOfStep(evidence, call.name.slice(run.length + 1)),
    );
    return [
      ...(call.user === user ? [] : [`${what} was done as ${call.user}`]),
      ...(call.receivedMs > recordedMs ? [`doubled: ${what} after its step had ended`] : []),
    ];
  });
}
