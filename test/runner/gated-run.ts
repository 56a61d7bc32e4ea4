import { SecretMask } from '../../src/api/secret-mask.ts';
import type { JudgedObject } from '../../src/api/kept-verdict.ts';
import type { Clusters } from '../../src/cluster/port.ts';
import { openCueEngine } from '../../src/cue/engine.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { initialState, type RunState } from '../../src/engine/state.ts';
import type { Op } from '../../src/ops/op.ts';
import { checkControlOp, ops as builtInOps } from '../../src/ops/registry.ts';
import { compilePlan } from '../../src/plan/compile-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { answerEffects } from '../../src/runner/answer-effects.ts';
import { openOutputSchemas } from '../../src/runner/output-schemas.ts';
import { RunLoop } from '../../src/runner/run-loop.ts';
import { usedClusters } from '../../src/runner/used-clusters.ts';
import { readBuiltInSources } from '../../src/step-types/built-in-files.ts';
import { openCatalog } from '../../src/step-types/catalog.ts';
import { openCueCompiler } from '../../src/step-types/cue-compiler.ts';
import type { StepType, StepTypeSource } from '../../src/step-types/step-type.ts';
import { readDocuments } from '../../src/yaml/read-documents.ts';
import { testContext } from '../ops/context.ts';

/** Judges what it is given: opens or not, as it is told. */
const judge: Op = {
  name: 'judge',
  cue: [],
  description: 'Gives a verdict.',
  params: {
    type: 'object',
    required: ['subject', 'open'],
    properties: { subject: { type: 'array', items: { type: 'object' } }, open: { type: 'boolean' } },
    additionalProperties: false,
  },
  result: { type: 'object', properties: { open: { type: 'boolean' } }, additionalProperties: false },
  needs: 'nothing',
  onUnknown: () => 'retry',
  pure: true,
  givesVerdict: true,
  async perform({ subject, open }, { step, now }) {
    return {
      kind: 'ok',
      result: { open: open === true },
      verdict: {
        id: 'v1',
        gate: step.name,
        outcome: open === true ? 'pass' : 'fail',
        open: open === true,
        mode: 'enforce',
        score: open === true ? 100 : 20,
        threshold: 80,
        subject: { name: 'app', digest: 'sha256:0', objects: subject as unknown as readonly JudgedObject[] },
        at: new Date(now()).toISOString(),
        expires: new Date(now() + 3_600_000).toISOString(),
        override: null,
        reasons: open === true ? [] : ['too slow'],
      },
    };
  },
};

const ops: ReadonlyMap<string, Op> = new Map([...builtInOps, [judge.name, judge]]);

const gateType: StepTypeSource = {
  name: 'test-gate',
  format: 'yaml',
  origin: 'file',
  file: 'test-gate.yaml',
  text: `apiVersion: core.oam.dev/v1beta1
kind: WorkflowStepDefinition
metadata:
  name: test-gate
  annotations: {definition.oam.dev/description: A gate of the tests.}
spec:
  schematic:
    sluice:
      parameters:
        type: object
        required: [subject, open]
        properties:
          subject: {type: object, description: What is judged.}
          open: {type: boolean, description: What is decided.}
      ops:
        - id: verdict
          op: judge
          with: {subject: ["\${ parameter.subject }"], open: "\${ parameter.open }"}
        - id: closed
          op: fail
          if: \${ verdict.open = false }
          with: {message: too slow}
`,
};

export interface GatedRun {
  readonly plan: Plan;
  readonly state: RunState;
}

/** A step type as KubeVela's users write it. */
const cueType: StepTypeSource = {
  name: 'cue-apply',
  format: 'cue',
  origin: 'file',
  file: 'cue-apply.cue',
  text: `import "vela/kube"

"cue-apply": {
	type:        "workflow-step"
	description: "Applies an object."
}
template: {
	apply: kube.#Apply & {
		$params: {cluster: parameter.cluster, value: parameter.value}
	}
	parameter: {
		cluster: *"" | string
		value: {...}
	}
}
`,
};

/**
 * Plans and drives a run as a shell does, over these clusters; `test-gate` and `cue-apply` are step types. A controller does
 * not check names of clusters (`checksNames`).
 */
export async function runGated(text: string, clusters: Clusters, checksNames = true): Promise<GatedRun> {
  const cue = openCueEngine({ ops });
  try {
    const catalog = openCatalog({
      sources: [gateType, cueType, ...(await readBuiltInSources())],
      ops,
      cue: openCueCompiler(cue),
    });
    const [document] = readDocuments(text, 'run.yaml').documents;
    if (document === undefined) throw new Error('no document');
    const compiled = await compilePlan(document, {
      catalog,
      expressions: cue,
      ...(clusters.kind === 'memory' || !checksNames ? {} : { clusters }),
    });
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.faults, null, 1));
    const { plan } = compiled;
    const stepTypes = new Map<string, StepType>();
    for (const { type } of plan.steps) {
      const found = await catalog.find(type);
      if (found?.ok === true) stepTypes.set(type, found.stepType);
    }
    const used = usedClusters(clusters, plan);
    const answer = answerEffects({
      plan,
      runId: 'run-1',
      stepTypes,
      mask: new SecretMask(),
      evaluators: { expressions: cue, schemas: openOutputSchemas(), checkControlOp },
      surroundings: {
        ...testContext(),
        ops,
        cluster: (name) => used.get(name),
      },
      now: Date.now,
    });
    let ids = 0;
    const state = initialState(plan, { nonce: 'n', nowMs: Date.now(), newId: () => `id${(ids += 1)}` });
    const loop = new RunLoop(openEngine(plan, ops), state, {
      now: Date.now,
      save: () => Promise.resolve(),
      answer,
    });
    loop.feed({ kind: 'start' });
    return { plan, state: await loop.done };
  } finally {
    await cue.close();
  }
}
