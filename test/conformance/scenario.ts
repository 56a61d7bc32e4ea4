import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { JsonObject } from '../../src/api/json.ts';

/** Where scenarios run; `kubevela` is KubeVela's own controller, as `scripts/conformance-peer.js` runs it. */
export type PlaceName = 'engine' | 'local' | 'controller' | 'kubevela';

/** One run with a scripted world and what is to come of it, from a file under `scenarios`. */
export interface Scenario {
  /** Unique; `file` is where it stands. */
  readonly name: string;
  readonly file: string;
  /** Numbers of the rules in rules.yaml that it shows. */
  readonly rules: readonly string[];
  readonly spec: {
    readonly steps?: readonly JsonObject[];
    readonly mode?: JsonObject;
    readonly context?: JsonObject;
    readonly timeout?: string;
    readonly workflowRef?: string;
    readonly parameters?: JsonObject;
    readonly onFailure?: readonly JsonObject[];
    readonly finally?: readonly JsonObject[];
    readonly handlers?: JsonObject;
    readonly concurrency?: JsonObject;
  };
  /** Workflows beside the run, by a name that no other scenario has: what stands at the top level of each. */
  readonly workflows?: Readonly<Record<string, JsonObject>>;
  /** Answers of an HTTP server, in order; the last one repeats. SERVER in a step is its address. */
  readonly serve: readonly ScriptedAnswer[];
  /** What a person does, one after another: each as soon as its moment has come. */
  readonly acts: readonly Action[];
  /** What it uses that KubeVela does not have; it is not run there. */
  readonly extension?: string;
  readonly expect: Expected;
  readonly differs: Partial<Readonly<Record<PlaceName, Difference>>>;
}

export type ScriptedAnswer = { readonly status: number; readonly body?: string } | { readonly drop: true };

export interface Action {
  /** The phase that the run (`run`) or a step, by its path, has reached. */
  readonly when: Readonly<Record<string, string>>;
  readonly do: 'suspend' | 'resume' | 'terminate' | 'restart';
  readonly step?: string;
}

export interface Expected {
  readonly phase?: string;
  /** `phase` or `phase/reason` of every step, by path. */
  readonly steps?: Readonly<Record<string, string>>;
  /** Regular expressions that messages of steps, and of the run (`run`), match. */
  readonly message?: Readonly<Record<string, string>>;
  /** Steps that ran, in the order in which they ended. */
  readonly order?: readonly string[];
  readonly requests?: readonly string[];
  /** Distinct idempotency keys among the requests. */
  readonly keys?: number;
  /** When the requests came, in whole seconds after the first: looked at where the clock is scripted. */
  readonly seconds?: readonly number[];
  /** The run is refused: a code of docs/reference/faults.md, and a regular expression that its text matches. */
  readonly refused?: { readonly code: string; readonly text: string };
  /** It never ends. */
  readonly unfinished?: true;
}

/** What is otherwise in one place. `why` quotes docs/compatibility.md where the place is KubeVela's controller. */
export interface Difference {
  readonly why: string;
  /** It cannot be played on KubeVela's controller; ours play everything. */
  readonly skip?: true;
  /** Takes the place of the fields of `expect` that it names. */
  readonly expect?: Expected;
}

export interface Rule {
  readonly rule: string;
  readonly text: string;
}

export function readScenarios(): readonly Scenario[] {
  const folder = join(import.meta.dirname, 'scenarios');
  return readdirSync(folder).flatMap((file) => {
    const entries = parse(readFileSync(join(folder, file), 'utf8')) as readonly Partial<Scenario>[];
    return entries.map(
      (entry) => ({ serve: [{ status: 200 }], acts: [], differs: {}, ...entry, file }) as Scenario,
    );
  });
}

/** Every rule, in order, by its number. */
export function readRules(): readonly Rule[] {
  return parse(readFileSync(join(import.meta.dirname, 'rules.yaml'), 'utf8')) as readonly Rule[];
}

export function expectedAt(place: PlaceName, { expect, differs }: Scenario): Expected {
  const own = differs[place]?.expect;
  if (own === undefined) return expect;
  // What is refused here has no steps to compare elsewhere, and the other way round.
  const { refused: _refused, ...rest } = expect;
  return own.refused === undefined ? { ...rest, ...own } : own;
}

/** The WorkflowRun of a scenario; `url` is that of its server. */
export function runOf(scenario: Scenario, name: string, namespace: string, url: string): JsonObject {
  const { steps, onFailure, finally: last, handlers, ...spec } = scenario.spec;
  // What is undefined is not in the JSON.
  const workflowSpec = { steps, onFailure, finally: last, handlers };
  const document = {
    apiVersion: 'core.oam.dev/v1alpha1',
    kind: 'WorkflowRun',
    metadata: { name, namespace },
    spec: { ...spec, ...(steps === undefined ? {} : { workflowSpec }) },
  };
  return JSON.parse(JSON.stringify(document).replaceAll('SERVER', url)) as JsonObject;
}

/** The Workflows of a scenario. */
export function workflowsOf(scenario: Scenario, namespace: string, url: string): readonly JsonObject[] {
  return Object.entries(scenario.workflows ?? {}).map(([name, body]) => {
    const document = {
      apiVersion: 'core.oam.dev/v1alpha1',
      kind: 'Workflow',
      metadata: { name, namespace },
      ...body,
    };
    return JSON.parse(JSON.stringify(document).replaceAll('SERVER', url)) as JsonObject;
  });
}
