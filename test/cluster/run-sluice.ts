import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sluice, type FinishedRun } from '../crash/sluice-process.ts';
import { realClusters } from './real-clusters.ts';

export const examples: string = join(import.meta.dirname, '../../examples');

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Empty when nothing ran. */
  readonly run: FinishedRun;
  readonly stateDir: string;
}

export interface RunPlace {
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** Input files and state directories of the runs of one test file. */
export class Workbench {
  readonly #directory = mkdtempSync(join(tmpdir(), 'sluice-cluster-'));

  newDirectory(): string {
    return mkdtempSync(join(this.#directory, 'run-'));
  }

  write(text: string, name = 'run.yaml'): string {
    const file = join(this.newDirectory(), name);
    writeFileSync(file, text);
    return file;
  }

  /** `sluice run FILE`, on `main` unless another place is given, in a state directory of its own. */
  async run(file: string, place: RunPlace = {}, flags: readonly string[] = []): Promise<Ran> {
    const stateDir = this.newDirectory();
    const args = ['run', file, '-o', 'json', '--state-dir', stateDir, ...placeFlags(place), ...flags];
    const { code, stdout, stderr } = await sluice(args).ended;
    const hasRun = stdout.trimStart().startsWith('{');
    const run = hasRun ? (JSON.parse(stdout) as FinishedRun) : { status: { status: '', steps: [] } };
    return { code, stdout, stderr, run, stateDir };
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true });
  }
}

export function placeFlags({ kubeconfig, context = 'main' }: RunPlace): readonly string[] {
  return ['--kubeconfig', kubeconfig ?? realClusters().kubeconfig, '--context', context];
}

/** A run of the name of its only step, which deploys. */
export function deployRun(name: string, of: { cluster?: string; image?: string } = {}): string {
  return `apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata:
  name: ${name}
  namespace: default
spec:
  workflowSpec:
    steps:
      - name: ${name}
        type: apply-deployment
        timeout: 40s
        properties:
          image: ${of.image ?? 'nginx'}
          cluster: '${of.cluster ?? ''}'
`;
}
