import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringifyJson, type JsonObject } from '../src/api/json.ts';
import type { Recorded, Template } from '../src/expr/template.ts';
import { openCueEngine } from '../src/cue/engine.ts';
import { opSpecs } from '../src/ops/registry.ts';
import { openTestSession, fileOf } from '../test/session/open-test-session.ts';
import { time, figure, type Figure } from './measure.ts';

const examples = join(import.meta.dirname, '../examples');
const parameter: JsonObject = {
  token: { value: 'x' },
  prompt: { type: 'diagnose', lang: 'English', content: { kind: 'Deployment', metadata: { name: 'web' } } },
  timeout: '30s',
  model: 'gpt-3.5-turbo',
};
const context: JsonObject = { name: 'run', namespace: 'default', stepName: 'ask' };

/** What one `if:`, and one whole chat-gpt step without the network, cost. */
export async function benchExpressions(): Promise<readonly Figure[]> {
  const starts: number[] = [];
  for (let i = 0; i < 5; i += 1) {
    const begun = performance.now();
    const cold = openCueEngine({ ops: opSpecs });
    await cold.evaluate({ status: { a: { failed: true } } }, 'status.a.failed');
    starts.push(performance.now() - begun);
    await cold.close();
  }
  const cue = openCueEngine({ ops: opSpecs });
  const session = await openTestSession();
  try {
    const scope = { status: { a: { failed: true } }, inputs: {}, context, parameter };
    const yaml = await templateOf(session, 'chat-gpt');
    await session.applyDefinitions([fileOf('chat-gpt.cue', readFileSync(join(examples, 'chat-gpt.cue')))]);
    const cueTemplate = await templateOf(session, 'chat-gpt');
    const batches = { batches: 7, callsPerBatch: 40 };
    return [
      figure('CUE from nothing to the first answer', 'ms', starts),
      await time('an if:', 'ms', batches, () => cue.evaluate(scope, 'status.a.failed')),
      await time('chat-gpt in CUE, all turns', 'ms', batches, () => wholeStep(cueTemplate)),
      await time('chat-gpt in YAML, all turns', 'ms', batches, () => wholeStep(yaml)),
    ];
  } finally {
    await cue.close();
    await session.close();
  }
}

async function templateOf(
  session: Awaited<ReturnType<typeof openTestSession>>,
  name: string,
): Promise<Template> {
  const found = (await session.stepTypes([])).find((type) => type.name === name);
  if (found?.compiled.ok !== true) throw new Error(`${name} does not compile`);
  return found.compiled.stepType.template;
}

/** Every turn of a step whose request is answered at once. */
async function wholeStep(template: Template): Promise<void> {
  const body = stringifyJson({ choices: [{ message: { role: 'assistant', content: 'All is well.' } }] });
  const recorded: Recorded[] = [];
  for (;;) {
    const turn = await template.next({ parameter, context, recorded });
    if (turn.kind === 'error') throw new Error(JSON.stringify(turn.faults));
    if (turn.kind === 'done') return;
    const result = turn.op === 'http' ? { response: { statusCode: 200, body, header: {}, trailer: {} } } : {};
    recorded.push({ path: turn.path, op: turn.op, style: turn.style, result });
  }
}
