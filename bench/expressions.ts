import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringifyJson, type JsonObject } from '../src/api/json.ts';
import type { Recorded, Template } from '../src/expr/template.ts';
import { openCueEngine } from '../src/cue/engine.ts';
import { opSpecs } from '../src/ops/registry.ts';
import { openTestSession, fileOf } from '../test/session/open-test-session.ts';
import { time, figure, type Figure } from './measure.ts';

const examples = join(import.meta.dirname, '../examples');
let calls = 0;

/** Another one each time: what was asked before is answered from a cache. */
function freshParameter(): JsonObject {
  calls += 1;
  return { ...parameter, model: `model-${calls}` };
}

/** Not so plain that it is answered without CUE. */
const condition = 'status.a.failed && len(inputs) == 0';

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
    await cold.evaluate({ status: { a: { failed: true } }, inputs: {} }, condition);
    starts.push(performance.now() - begun);
    await cold.close();
  }
  const cue = openCueEngine({ ops: opSpecs });
  const session = await openTestSession();
  try {
    const scope = () => ({
      status: { a: { failed: true } },
      inputs: {},
      context,
      parameter: freshParameter(),
    });
    const yaml = await templateOf(session, 'chat-gpt');
    await session.applyDefinitions([fileOf('chat-gpt.cue', readFileSync(join(examples, 'chat-gpt.cue')))]);
    const cueTemplate = await templateOf(session, 'chat-gpt');
    const batches = { batches: 7, callsPerBatch: 40 };
    return [
      figure('CUE from nothing to the first answer', 'ms', starts),
      await time('an if:', 'ms', batches, () => cue.evaluate(scope(), condition)),
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

const body = stringifyJson({ choices: [{ message: { role: 'assistant', content: 'All is well.' } }] });

/** What the ops of a step have come to, as far as its template reads it. */
const results: Readonly<Record<string, JsonObject>> = {
  http: { response: { statusCode: 200, body, header: {}, trailer: {} } },
  evidence: {
    content: stringifyJson({ kind: 'Deployment', metadata: { name: 'web' } }),
    contentTruncated: false,
    text: '',
    notice: '',
    restore: {},
  },
};

/** Every turn of a step whose ops are answered at once. */
async function wholeStep(template: Template): Promise<void> {
  const recorded: Recorded[] = [];
  const asked = freshParameter();
  for (;;) {
    const turn = await template.next({ parameter: asked, context, recorded });
    if (turn.kind === 'error') throw new Error(JSON.stringify(turn.faults));
    if (turn.kind === 'done') return;
    recorded.push({ path: turn.path, op: turn.op, style: turn.style, result: results[turn.op] ?? {} });
  }
}
