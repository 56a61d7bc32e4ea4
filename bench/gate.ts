import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { Session } from '../src/runner/session.ts';
import { execute, fileOf, openTestSession } from '../test/session/open-test-session.ts';
import { figure, type Figure } from './measure.ts';

const rounds = 7;
const answerMs = 200;
const votes = 3;

/** An ai-gate of three votes over one Deployment; `nth` makes it another gate, that no earlier verdict answers. */
function gate(nth: number): string {
  return `apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata: {generateName: gate-, namespace: default}
spec:
  workflowSpec:
    steps:
      - name: release
        type: ai-gate
        properties:
          subject:
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web-${nth}}
            spec:
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec:
                  containers:
                    - {name: web, image: "nginx:1.27.2", resources: {limits: {memory: 64Mi}}}
          criteria:
            - {id: tagged, question: "Does every image have a tag other than latest, or a digest?"}
            - {id: limited, question: "Does every container set a memory limit?"}
          evidence: {maxBytes: 1048576, maxTokens: 1000000}
          threshold: 100
          votes: {count: ${votes}, need: ${votes}}
`;
}

/** What an ai-gate costs beside its model: CPU for a megabyte of evidence, how its votes overlap, and a repeat of it. */
export async function benchGate(): Promise<readonly Figure[]> {
  const quick = await startJudge(0);
  const slow = await startJudge(answerMs);
  const small = await sessionAt(quick, '');
  const large = await sessionAt(quick, logOf(1_000_000));
  const patient = await sessionAt(slow, '');
  try {
    const [baseline, cpu, overlap, warm]: number[][] = [[], [], [], []];
    let calls = 0;
    for (let round = 0; round <= rounds; round += 1) {
      const [without, within] = [
        await cpuOf(() => judge(small, round)),
        await cpuOf(() => judge(large, round)),
      ];
      const begun = performance.now();
      await judge(patient, round);
      const asked = performance.now() - begun;
      const before = slow.calls();
      const again = performance.now();
      await judge(patient, round);
      const repeated = performance.now() - again;
      if (round === 0) continue;
      baseline?.push(without);
      cpu?.push(within - without);
      overlap?.push(asked / answerMs);
      warm?.push(repeated);
      calls += slow.calls() - before;
    }
    return [
      figure('ai-gate, CPU without its model', 'ms', baseline ?? []),
      figure('ai-gate, more CPU for 1 MB of evidence', 'ms', cpu ?? [], '≤ 150'),
      figure(`ai-gate, ${votes} votes ÷ one answer`, 'ratio', overlap ?? [], `< ${votes}`),
      figure('ai-gate, again and identical', 'ms', warm ?? []),
      figure('ai-gate, calls when identical', 'requests', [calls], '0'),
    ];
  } finally {
    await Promise.all([small, large, patient].map((session) => session.close()));
    for (const server of [quick, slow]) server.close();
  }
}

async function judge(session: Session, nth: number): Promise<void> {
  const { view } = await execute(session, [fileOf('gate.yaml', gate(nth))]);
  const [step] = view.steps;
  if (step?.phase !== 'succeeded') throw new Error(`the gate did not open: ${step?.message}`);
}

/** Milliseconds of CPU of this process, all threads. */
async function cpuOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

interface JudgeServer {
  readonly url: string;
  calls(): number;
  close(): void;
}

/** In a process of its own: what the model costs is not what is measured. */
async function startJudge(ms: number): Promise<JudgeServer> {
  const child = fork(join(import.meta.dirname, 'judge-server.ts'), [String(ms)]);
  let calls = 0;
  const url = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.on('message', (message: { readonly url?: string }) => {
      if (message.url === undefined) calls += 1;
      else resolve(message.url);
    });
  });
  return { url, calls: () => calls, close: () => void child.kill() };
}

function sessionAt({ url }: JudgeServer, log: string): Promise<Session> {
  return openTestSession({
    env: { OPENAI_BASE_URL: url, OPENAI_API_KEY: 'sk-bench', OPENAI_MODEL: 'judge-1' },
    givenEvidence: log === '' ? [] : [{ kind: 'log', ref: 'web', text: log }],
  });
}

/** Lines as a web server writes them: addresses, hosts, tokens and numbers, none twice. */
function logOf(bytes: number): string {
  const lines: string[] = [];
  for (let size = 0, n = 0; size < bytes; n += 1) {
    const line =
      `2026-01-31T12:${String(n % 60).padStart(2, '0')}:07Z 10.${n % 7}.${n % 251}.${n % 239} GET /orders/${n * 7919} ` +
      `host=shop-${n % 97}.example.com session=${(n * 2654435761).toString(16)} status=${n % 9 === 0 ? 500 : 200}`;
    lines.push(line);
    size += line.length + 1;
  }
  return lines.join('\n');
}
