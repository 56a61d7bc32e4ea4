import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import type { Script } from './provider.ts';

/** How a run ends: its phase, and each step's `phase/reason` by name (`failed/*` where the reason may differ). */
export interface End {
  readonly end: string;
  readonly steps: Readonly<Record<string, string>>;
}

/** What stands in a workflow's file behind the run. */
export interface Expected extends End {
  /** What the provider answers, by step. */
  readonly answers?: Readonly<Record<string, Script>>;
  /** How many effects each step has on the provider when nothing disturbs it: one for each attempt. */
  readonly effects: Readonly<Record<string, number>>;
  /** The end where the outcome of this step's effect, which may not be repeated, is unknown. */
  readonly unknown?: Readonly<Record<string, End>>;
  /** Objects there at the end, by `resource/name`, and what they hold. */
  readonly objects?: Readonly<Record<string, JsonObject>>;
  /** Bodies and headers that the provider must have got, by step. */
  readonly bodies?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface Workflow {
  readonly name: string;
  readonly text: string;
}

/** A workflow as one run of it. */
export interface PlacedWorkflow {
  readonly run: KubeObject;
  readonly expected: Expected;
}

const directory = join(import.meta.dirname, 'workflows');

export const workflows: readonly Workflow[] = readdirSync(directory)
  .filter((file) => file.endsWith('.yaml'))
  .toSorted()
  .map((file) => ({
    name: file.slice(0, -'.yaml'.length),
    text: readFileSync(join(directory, file), 'utf8'),
  }));

export function workflowNamed(name: string): Workflow {
  const found = workflows.find((workflow) => workflow.name === name);
  if (found === undefined) throw new Error(`no workflow ${name}`);
  return found;
}

/** The workflow as a run of this name, whose requests go to `URL/RUN/STEP` of the provider. */
export function placed(
  workflow: Workflow,
  run: string,
  namespace: string,
  providerUrl: string,
): PlacedWorkflow {
  const text = workflow.text
    .replaceAll('URL', `${providerUrl}/${run}`)
    .replaceAll('RUN', run)
    .replaceAll('NAMESPACE', namespace);
  const [object, expected] = parseAllDocuments(text).map((document) => document.toJS() as unknown);
  return { run: object as KubeObject, expected: expected as Expected };
}
