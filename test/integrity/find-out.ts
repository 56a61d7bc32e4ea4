import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../../src/api/json.ts';
import { web } from '../ai-gate/run-gate.ts';
import { judgeModel, serveJudge } from '../ai-gate/scripted-judge.ts';
import { realCli } from '../cli/real-cli.ts';
import { servePrometheus } from '../ops/gates/prometheus-server.ts';
import type { Input } from './inputs.ts';

/** How a run with an input ended. */
export interface Found {
  /** Exit code of `sluice run`. */
  readonly code: number;
  /** Of the verdict; undefined where none was given. */
  readonly outcome: string | undefined;
  /** Whether production got anything. */
  readonly isDeployed: boolean;
}

/** Runs it by the command line, where nothing ran before, and looks at what production got. */
export async function findOut(input: Input): Promise<Found> {
  const metrics = await servePrometheus(...(input.metrics ?? []));
  if (input.metrics === undefined) await metrics.close();
  const judge = input.judge === undefined ? undefined : await serveJudge(input.judge);
  const env: Record<string, string> =
    judge === undefined
      ? {}
      : {
          OPENAI_BASE_URL: judge.endpoint.baseUrl,
          OPENAI_API_KEY: 'sk-0123456789abcdef',
          OPENAI_MODEL: judgeModel,
        };
  const directory = mkdtempSync(join(tmpdir(), 'sluice-integrity-'));
  const place = { stateDir: join(directory, 'state'), env };
  try {
    const { code } = await realCli(['run', '-'], { ...place, stdin: runOf(input, metrics.url) });
    for (const argv of input.after ?? []) {
      // oxlint-disable-next-line no-await-in-loop -- one command after the other
      const end = await realCli([...argv, '-n', 'team'], place);
      if (end.code !== 0) throw new Error(end.stderr);
    }
    return { code, outcome: await outcomeOf(place), isDeployed: await isDeployed(place) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
    if (input.metrics !== undefined) await metrics.close();
  }
}

/** A gate, and behind it a step that brings something to production. */
function runOf({ gate, before = [], between = [], deployed = web }: Input, metrics: string): string {
  const text = JSON.stringify({
    apiVersion: 'core.oam.dev/v1alpha1',
    kind: 'WorkflowRun',
    metadata: { name: 'it', namespace: 'team' },
    spec: {
      workflowSpec: {
        steps: [
          ...before,
          { name: 'check', ...gate },
          ...between,
          {
            name: 'deploy',
            type: 'apply-object',
            requires: ['check'],
            properties: { cluster: 'prod', value: deployed },
          },
        ],
      },
    },
  });
  return text.replaceAll('METRICS', metrics);
}

interface Status {
  readonly steps: readonly {
    readonly name: string;
    readonly sluice?: { readonly verdict?: { readonly outcome: string } };
  }[];
}

type Place = { readonly stateDir: string; readonly env: Readonly<Record<string, string>> };

/** Undefined where no verdict was given. */
async function outcomeOf(place: Place): Promise<string | undefined> {
  const { code, stdout } = await realCli(['workflow', 'status', 'it', '-n', 'team', '-o', 'json'], place);
  if (code !== 0) return undefined;
  const { status } = JSON.parse(stdout) as { readonly status: Status };
  return status.steps.find(({ name }) => name === 'check')?.sluice?.verdict?.outcome;
}

async function isDeployed(place: Place): Promise<boolean> {
  const argv = ['cluster', 'get', 'deployment', '-n', 'team', '--cluster', 'prod', '-o', 'json'];
  const { items } = JSON.parse((await realCli(argv, place)).stdout) as {
    readonly items: readonly JsonObject[];
  };
  return items.length > 0;
}
