import { openCueEngine } from '../../../src/cue/engine.ts';
import { viewOf } from '../../../src/engine/view.ts';
import { ops } from '../../../src/ops/registry.ts';
import type { Evaluators } from '../../../src/runner/evaluate.ts';
import type { ReadyRun } from '../../../src/runner/prepare.ts';
import type { Session } from '../../../src/runner/session.ts';
import { fileOf, openTestSession, requestFor } from '../../session/open-test-session.ts';
import type { Outcome } from '../outcome.ts';
import { runOf, workflowsOf, type Scenario } from '../scenario.ts';
import { stepTypesFile } from '../step-types-file.ts';
import { refusalOf, runName, type Place } from './place.ts';
import { ScriptedWorld } from './scripted-world.ts';

/** The pure engine: a scripted clock, requests and objects; only expressions are evaluated by what evaluates them anyway. */
export async function openEnginePlace(): Promise<Place> {
  const session = await openTestSession();
  const cue = openCueEngine({ ops });
  return {
    name: 'engine',
    play: (scenario) => play(session, cue, scenario),
    async close() {
      await cue.close();
      await session.close();
    },
  };
}

async function play(
  session: Session,
  expressions: Evaluators['expressions'],
  scenario: Scenario,
): Promise<Outcome> {
  const run = runOf(scenario, runName(scenario), 'default', 'http://scripted');
  const workflows = workflowsOf(scenario, 'default', 'http://scripted');
  const files = [run, ...workflows].map((each, at) => fileOf(`${at}.yaml`, JSON.stringify(each)));
  const prepared = await session.prepare(requestFor(files, { definitions: [stepTypesFile()] }));
  const [ready] = prepared.runs;
  if (ready === undefined) {
    return { refused: refusalOf(prepared.faults), isFinished: false, requests: [], hasExactTimes: true };
  }
  const world = new ScriptedWorld(ready as ReadyRun, expressions, scenario);
  await world.run();
  const view = viewOf(world.ready.plan, world.state);
  world.script.mustBeDone(view);
  return {
    view,
    isFinished: view.endedAtMs !== undefined,
    requests: world.requests,
    hasExactTimes: true,
  };
}
