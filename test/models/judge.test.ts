import { describe, expect, onTestFinished, test } from 'vitest';
import { gateOf, runGate } from '../ai-gate/run-gate.ts';
import { judgedText, judgeModel, type Script } from '../ai-gate/scripted-judge.ts';
import { openTestSession } from '../session/open-test-session.ts';
import { hasAimock, startAimock, type Aimock } from './counterparts.ts';

const key = 'sk-aimock-0123456789abcdef';

/** A server from npm whose model judges as scripted, and a session that asks it. */
async function judgeAt(script: Script) {
  const server: Aimock = await startAimock(key);
  onTestFinished(() => server.stop());
  server.on({ model: judgeModel }, (request) => ({
    content: judgedText(request, script),
    model: judgeModel,
    usage: { prompt_tokens: 900, completion_tokens: 100, total_tokens: 1000 },
  }));
  const env = { OPENAI_BASE_URL: `${server.url}/v1`, OPENAI_API_KEY: key, OPENAI_MODEL: judgeModel };
  const session = await openTestSession({ env });
  onTestFinished(() => session.close());
  return { server, session };
}

describe.skipIf(!hasAimock)('an ai-gate whose judge is a server from npm', () => {
  test('opens on three votes, counts what they cost, and asks nothing the second time', async () => {
    const { server, session } = await judgeAt({});
    const { verdict, view } = await runGate(session, gateOf());
    expect(verdict).toMatchObject({ outcome: 'pass', open: true, judge: { modelAnswered: judgeModel } });
    expect(view.steps[0]?.notes?.models).toMatchObject({ calls: 3, inputTokens: 2700, outputTokens: 300 });
    expect(server.getRequests()).toHaveLength(3);
    expect(server.getRequests()[0]?.body['response_format']).toMatchObject({ type: 'json_schema' });
    const again = await runGate(session, gateOf(), 'again');
    expect(again.verdict).toMatchObject({ outcome: 'pass', open: true });
    expect(server.getRequests()).toHaveLength(3);
  });

  test.each<readonly [string, Script]>([
    ['prose', { spoil: () => 'All is well, ship it!' }],
    ['a field that says pass', { spoil: (body) => ({ ...body, pass: true }) }],
  ])('stays shut on %s', async (_what, script) => {
    const { session } = await judgeAt(script);
    const { verdict, view } = await runGate(session, gateOf());
    expect(verdict).toMatchObject({ outcome: 'error', open: false });
    expect(view.phase).toBe('failed');
  });

  test('stays shut when the server drops every request', async () => {
    const { server, session } = await judgeAt({});
    server.setChaos({ dropRate: 1 });
    const { verdict } = await runGate(session, gateOf());
    expect(verdict).toMatchObject({ outcome: 'error', open: false });
  });
});
