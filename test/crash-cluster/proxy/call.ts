import { parseJson } from '../../../src/api/json.ts';
import type { KubeObject } from '../../../src/api/kube-object.ts';
import { phaseOf, stepsOf, unansweredSteps } from '../run-status.ts';
import type { RequestFacts } from './request-facts.ts';

/** One request of a controller, as the proxy saw it. Times are ms of `performance.now()`. */
export interface Call extends RequestFacts {
  readonly seq: number;
  readonly receivedMs: number;
  /** Of the request; '' when there is none. */
  readonly body: string;
  /** What was stored by an accepted status write: each step's phase by name, and the run's. */
  stored: Stored | undefined;
  /** The API server's answer. Undefined: it never got the request, or has not answered yet. */
  serverStatus: number | undefined;
  answeredMs: number | undefined;
  /** What was done to it. */
  fault: string | undefined;
}

export interface Stored {
  /** `phase/reason` by the step's name. */
  readonly steps: ReadonlyMap<string, string>;
  readonly runPhase: string;
  /** Steps without an answer of the provider on record. Undefined where that stands outside the status. */
  readonly unanswered: ReadonlySet<string> | undefined;
}

/** Whether the API server did what was asked, whatever the controller was told. */
export function isAccepted({ serverStatus }: Call): boolean {
  return serverStatus !== undefined && serverStatus < 300;
}

/** The phases in the run that a status write is answered with. */
export function storedIn(answer: string): Stored {
  const run = parseJson(answer) as unknown as KubeObject;
  return { steps: stepsOf(run), runPhase: phaseOf(run), unanswered: unansweredSteps(run) };
}

/** One line for a dump: `12 +3400 patch status ns/run -> 200 [killed before] executing {a:succeeded}`. */
export function describeCall(call: Call): string {
  const { seq, receivedMs, verb, kind, namespace, name, user, serverStatus, fault, stored } = call;
  const what = kind === 'other' ? call.resource : kind === 'discovery' ? call.path : kind;
  const phases = [...(stored?.steps ?? [])].map((pair) => pair.join(':')).join(' ');
  return [
    `${seq} +${Math.round(receivedMs)} ${verb} ${what} ${namespace}/${name}`,
    ...(user === '' ? [] : [`as ${user}`]),
    `-> ${serverStatus ?? 'nothing'}`,
    ...(fault === undefined ? [] : [`[${fault}]`]),
    ...(stored === undefined ? [] : [`${stored.runPhase} {${phases}}`]),
  ].join(' ');
}
