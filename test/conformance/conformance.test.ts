import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { RunView, StepView } from '../../src/engine/view.ts';
import type { Session } from '../../src/runner/session.ts';
import { execute, fileOf, openTestSession } from '../session/open-test-session.ts';

interface Scenario {
  readonly name: string;
  readonly steps: readonly object[];
  readonly mode?: object;
  readonly context?: object;
  readonly timeout?: string;
  /** Answers of the loopback server, in order; the last one repeats. SERVER in a step is its address. */
  readonly serve?: readonly { readonly status: number; readonly body?: string }[];
  readonly expect: {
    readonly phase: string;
    readonly steps: Readonly<Record<string, string>>;
    /** Regular expressions. */
    readonly message?: Readonly<Record<string, string>>;
    /** Steps in the order in which they began. */
    readonly order?: readonly string[];
    readonly requests?: readonly string[];
    /** Distinct idempotency keys among the requests. */
    readonly keys?: number;
  };
}

const scenarios = readdirSync(join(import.meta.dirname, 'scenarios')).flatMap((file) => {
  const text = readFileSync(join(import.meta.dirname, 'scenarios', file), 'utf8');
  return (parse(text) as Scenario[]).map((scenario) => ({ file, ...scenario }));
});

let session: Session;
const stepTypes = fileOf('step-types.yaml', readFileSync(join(import.meta.dirname, 'step-types.yaml')));

beforeAll(async () => {
  session = await openTestSession();
});
afterAll(() => session.close());

describe.each([...new Set(scenarios.map(({ file }) => file))])('%s', (file) => {
  test.each(scenarios.filter((scenario) => scenario.file === file))('$name', async (scenario) => {
    const world = await serve(scenario.serve ?? [{ status: 200 }]);
    try {
      const view = await run(scenario, world.url);
      const steps = view.steps.flatMap((step) => [step, ...step.subSteps]);
      expect(Object.fromEntries(steps.map((step) => [step.path, outcome(step)]))).toEqual(
        scenario.expect.steps,
      );
      expect(view.phase).toBe(scenario.expect.phase);
      for (const [path, pattern] of Object.entries(scenario.expect.message ?? {})) {
        expect(steps.find((step) => step.path === path)?.message ?? '').toMatch(new RegExp(pattern));
      }
      const { order, requests, keys } = scenario.expect;
      if (order !== undefined) expect(begun(steps)).toEqual(order);
      if (requests !== undefined) expect(world.requests.map(({ line }) => line)).toEqual(requests);
      if (keys !== undefined) expect(new Set(world.requests.map(({ key }) => key)).size).toBe(keys);
    } finally {
      world.server.close();
    }
  });
});

test('there are scenarios', () => {
  expect(scenarios.length).toBeGreaterThan(45);
});

async function run(scenario: Scenario, url: string): Promise<RunView> {
  const { steps, mode, context, timeout } = scenario;
  const document = {
    apiVersion: 'core.oam.dev/v1alpha1',
    kind: 'WorkflowRun',
    metadata: { generateName: 'scenario-', namespace: 'default' },
    spec: { workflowSpec: { steps }, mode, context, timeout },
  };
  const text = JSON.stringify(document).replaceAll('SERVER', url);
  const result = await execute(session, [fileOf('run.yaml', text)], { definitions: [stepTypes] });
  return result.view;
}

function outcome({ phase, reason }: StepView): string {
  return reason === undefined ? phase : `${phase}/${reason}`;
}

/** Steps that began, in that order; those that began in the same millisecond keep the order of the file. */
function begun(steps: readonly StepView[]): readonly string[] {
  return steps
    .filter((step) => step.startedAtMs !== undefined)
    .toSorted((a, b) => (a.endedAtMs ?? 0) - (b.endedAtMs ?? 0))
    .map(({ path }) => path);
}

interface World {
  readonly server: Server;
  readonly url: string;
  readonly requests: { readonly line: string; readonly key: string }[];
}

async function serve(answers: NonNullable<Scenario['serve']>): Promise<World> {
  const requests: World['requests'] = [];
  const server = createServer((request, response) => {
    const answer = answers[Math.min(requests.length, answers.length - 1)];
    requests.push({
      line: `${request.method} ${request.url}`,
      key: String(request.headers['idempotency-key'] ?? 'none'),
    });
    response.statusCode = answer?.status ?? 200;
    response.end(answer?.body ?? '');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}
