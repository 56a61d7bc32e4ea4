import type { JsonObject } from '../api/json.ts';
import type { OpRegistry } from '../api/op-spec.ts';
import { analyze } from './analyze.ts';
import { applyInParallel } from './apply-in-parallel.ts';
import { apply } from './apply.ts';
import { audit } from './audit.ts';
import { callProvider } from './call-provider.ts';
import { createParamsCheck, type ParamsCheck } from './check-params.ts';
import { createConfig } from './config/create-config.ts';
import { deleteConfig } from './config/delete-config.ts';
import { listConfig } from './config/list-config.ts';
import { readConfig } from './config/read-config.ts';
import { controlOps } from './control-ops.ts';
import { convertString } from './convert-string.ts';
import { deleteOp } from './delete.ts';
import { appEndpoints } from './endpoints/app-endpoints.ts';
import { serviceEndpoints } from './endpoints/service-endpoints.ts';
import { evidence } from './evidence.ts';
import { judge } from './gates/judge/judge.ts';
import { measure } from './gates/measure.ts';
import { override } from './gates/override.ts';
import { verdict } from './gates/verdict.ts';
import { http } from './http.ts';
import { list } from './list.ts';
import { llm } from './llm.ts';
import { promCheck } from './metrics/prom-check.ts';
import type { Op } from './op.ts';
import { terminal } from './outcome.ts';
import { patchK8sObject } from './patch-k8s-object.ts';
import { patch } from './patch.ts';
import { placements } from './placements.ts';
import { read } from './read.ts';
import { sendEmail } from './send-email.ts';

/** Faults of an op's params; the engine's own ops have no performer that would check them. */
export const checkOpParams: ParamsCheck = createParamsCheck();

const workOps: readonly Op[] = [
  http,
  callProvider,
  apply,
  applyInParallel,
  read,
  list,
  patch,
  deleteOp,
  convertString,
  patchK8sObject,
  createConfig,
  readConfig,
  listConfig,
  deleteConfig,
  promCheck,
  sendEmail,
  placements,
  serviceEndpoints,
  appEndpoints,
  evidence,
  analyze,
  audit,
  llm,
  measure,
  verdict,
  judge,
  override,
];

/** Every op by name. Each refuses params that its schema does not allow before it does anything. */
export const ops: ReadonlyMap<string, Op> = new Map(
  [...controlOps, ...workOps.map(checked)].map((op) => [op.name, op]),
);

/** The same, for those who only need to know what there is. */
export const opSpecs: OpRegistry = ops;

function checked(op: Op): Op {
  return {
    ...op,
    async perform(params, context) {
      const faults = checkOpParams(op, params);
      return faults.length > 0 ? terminal(faults.join('; ')) : op.perform(params, context);
    },
  };
}

/** Faults of the params of an op that the engine decides; of others their performers tell. */
export function checkControlOp(op: string, params: JsonObject): readonly string[] {
  const spec = opSpecs.get(op);
  return spec?.needs === 'control' ? checkOpParams(spec, params) : [];
}
