import { onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import type { JsonObject } from '../../src/api/json.ts';
import type { Verdict } from '../../src/gate/verdict.ts';
import type { AssembleOptions } from '../../src/runner/assemble-session.ts';
import type { Session } from '../../src/runner/session.ts';
import type { ModelServer } from '../llm/model-server.ts';
import { execute, fileOf, openTestSession, type Executed } from '../session/open-test-session.ts';
import { judgeModel } from './scripted-judge.ts';

export const web: JsonObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'site', namespace: 'team' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'site' } },
    template: {
      metadata: { labels: { app: 'site' } },
      spec: { containers: [{ name: 'site', image: 'example/site:1.4.2' }] },
    },
  },
};

/** Parameters of an ai-gate over `web` with two criteria. */
export function gateOf(rest: JsonObject = {}): JsonObject {
  return {
    subject: web,
    criteria: [
      { id: 'tagged', question: 'Is the image of the site tagged?' },
      { id: 'scaled', question: 'Does the site run more than once?' },
    ],
    ...rest,
  };
}

/** A session whose models are at this server. */
export async function sessionAt(
  server: ModelServer | undefined,
  options: Partial<AssembleOptions> = {},
): Promise<Session> {
  const env: Readonly<Record<string, string>> =
    server === undefined
      ? {}
      : {
          OPENAI_BASE_URL: server.endpoint.baseUrl,
          OPENAI_API_KEY: 'sk-0123456789abcdef',
          OPENAI_MODEL: judgeModel,
        };
  const session = await openTestSession({ env, ...options });
  onTestFinished(() => session.close());
  return session;
}

export interface GateRun extends Executed {
  readonly verdict: Verdict;
  readonly message: string;
}

export function runText(parameters: JsonObject, name = 'demo'): string {
  const run = {
    apiVersion: 'core.oam.dev/v1alpha1',
    kind: 'WorkflowRun',
    metadata: { name, namespace: 'team' },
    spec: { workflowSpec: { steps: [{ name: 'release', type: 'ai-gate', properties: parameters }] } },
  };
  return stringify(run, { version: '1.1', aliasDuplicateObjects: false });
}

/** Runs one ai-gate to its end, and reads the verdict that was kept. */
export async function runGate(session: Session, parameters: JsonObject, name = 'demo'): Promise<GateRun> {
  const executed = await execute(session, [fileOf('run.yaml', runText(parameters, name))]);
  const [step] = executed.view.steps;
  const id = step?.notes?.verdict?.id ?? '';
  const stored = await session.verdicts.get('team', id);
  if (stored === undefined) throw new Error(`no verdict: ${JSON.stringify(step)}`);
  return { ...executed, verdict: stored.verdict, message: step?.message ?? '' };
}
