/** Where the measured runs live. */
export const namespace = 'sluice-bench';
export const runsPath: string = runsPathOf(namespace);

export function runsPathOf(place: string): string {
  return `/apis/core.oam.dev/v1alpha1/namespaces/${place}/workflowruns`;
}

export interface Step {
  readonly name: string;
  readonly type: string;
  readonly if?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly inputs?: readonly { readonly from: string; readonly parameterKey: string }[];
  readonly outputs?: readonly { readonly name: string; readonly valueFrom: string }[];
}

let count = 0;

/** A name not used before, also not by a run that was deleted. */
export function newName(shape: string): string {
  count += 1;
  return `${shape}-${process.pid}-${count}`;
}

export function runOf(
  name: string,
  steps: readonly Step[],
  mode: 'StepByStep' | 'DAG' = 'StepByStep',
): object {
  return {
    apiVersion: 'core.oam.dev/v1alpha1',
    kind: 'WorkflowRun',
    metadata: { name, namespace },
    spec: { mode: { steps: mode }, workflowSpec: { steps } },
  };
}

/** Steps that only say something, one after another. */
export function messages(number: number): readonly Step[] {
  return numbered(number, (n) => ({
    name: `s${n}`,
    type: 'print-message-in-status',
    properties: { message: `message ${n}` },
  }));
}

/** Each takes what the one before gives, under a condition about it. */
export function chain(number: number, type: string): readonly Step[] {
  return numbered(number, (n) => ({
    name: `s${n}`,
    type,
    ...(n === 1
      ? { properties: { message: 'handed on' } }
      : {
          if: `status.s${n - 1}.phase == "succeeded"`,
          inputs: [{ from: `m${n - 1}`, parameterKey: 'message' }],
        }),
    ...(n === number ? {} : { outputs: [{ name: `m${n}`, valueFrom: 'parameter.message' }] }),
  }));
}

/** HTTP requests to `url`. */
export function requests(number: number, url: string): readonly Step[] {
  return numbered(number, (n) => ({ name: `s${n}`, type: 'request', properties: { url } }));
}

function numbered(number: number, step: (n: number) => Step): readonly Step[] {
  return Array.from({ length: number }, (_, index) => step(index + 1));
}
