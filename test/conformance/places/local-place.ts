import type { Session } from '../../../src/runner/session.ts';
import { fileOf, openTestSession, requestFor } from '../../session/open-test-session.ts';
import type { Outcome } from '../outcome.ts';
import { runOf, workflowsOf, type Scenario } from '../scenario.ts';
import { ScriptedServer } from '../scripted-server.ts';
import { stepTypesFile } from '../step-types-file.ts';
import { refusalOf, runName, type Place } from './place.ts';
import { Script } from './script.ts';

/** The local runner with everything real: CUE, requests over loopback, the in-memory cluster, the clock. */
export async function openLocalPlace(): Promise<Place> {
  const session = await openTestSession();
  return { name: 'local', play: (scenario) => play(session, scenario), close: () => session.close() };
}

async function play(session: Session, scenario: Scenario): Promise<Outcome> {
  const server = await ScriptedServer.start(scenario.serve);
  const { requests } = server;
  try {
    const document = runOf(scenario, runName(scenario), 'conformance', server.url);
    const workflows = workflowsOf(scenario, 'conformance', server.url);
    const files = [document, ...workflows].map((each, at) => fileOf(`${at}.yaml`, JSON.stringify(each)));
    const prepared = await session.prepare(requestFor(files, { definitions: [stepTypesFile()] }));
    const [run] = prepared.runs;
    const common = { requests, hasExactTimes: false };
    if (run === undefined) {
      return { refused: refusalOf(prepared.faults), isFinished: false, ...common };
    }
    const view = await drive(session, run, scenario);
    return { view, isFinished: view.endedAtMs !== undefined, ...common };
  } finally {
    server.close();
  }
}

async function drive(
  session: Session,
  run: Parameters<Session['execute']>[0],
  scenario: Scenario,
): Promise<Awaited<ReturnType<Session['execute']>>['view']> {
  const script = new Script(scenario.acts);
  const commands: Promise<unknown>[] = [];
  const observer: Parameters<Session['execute']>[1] = {
    onView(view) {
      if (view.endedAtMs !== undefined) return;
      const action = script.take(view);
      if (action === undefined || action.do === 'restart') return;
      const { do: kind, step } = action;
      commands.push(session.command(run.ref, { kind, ...(step === undefined ? {} : { step }) }));
    },
    onLog: () => undefined,
    onNotice: () => undefined,
  };
  const options = { leaveWhenSuspended: false, signal: new AbortController().signal };
  let { view } = await session.execute(run, observer, options);
  for (let action = script.take(view); action?.do === 'restart'; action = script.take(view))
    ({ view } = await session.restart(run.ref, action.step, observer, options));
  await Promise.all(commands);
  script.mustBeDone(view);
  return view;
}
