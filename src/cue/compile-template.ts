import type { JsonObject } from '../api/json.ts';
import type { OpRegistry, OpSpec } from '../api/op-spec.ts';
import type { ExprFault } from '../expr/expression.ts';
import { callProvider, createCueTemplate, importsOf, indexOps } from './cue-template.ts';
import type { CueCompilation, CueParameterFault, CueSource } from './engine.ts';
import { toFaults } from './fault.ts';
import type { CuePool } from './pool.ts';
import type { CueResponse, TemplateText } from './protocol.ts';
import type { CuePackage } from './user-package.ts';

/** Compiles a step type with the packages that it imports; one of them that cannot be used is a fault of its import. */
export async function compileTemplate(
  pool: CuePool,
  ops: OpRegistry,
  definition: CueSource,
): Promise<CueCompilation> {
  const { source, file, packages = [], knownPackages = [] } = definition;
  const unusable = packages.filter((each) => each.unusable !== undefined);
  if (unusable.length > 0) return { ok: false, faults: unusable.map((each) => notUsable(each, definition)) };
  const text = { template: source, ...importsOf(packages) };
  const others = knownPackages.length === 0 ? {} : { known: knownPackages };
  const response = await pool.ask({ fn: 'compile', ...text, ...others });
  if (response.problems !== undefined) return { ok: false, faults: toFaults(response.problems, file) };
  const index = indexOps(ops);
  const used = response.ops ?? [];
  const providers = new Set(
    packages.filter(({ provider }) => provider !== undefined).map(({ name }) => name),
  );
  const missing = used.filter(
    (use) => !index.has(`${use.provider}/${use.do}`) && !providers.has(use.provider),
  );
  const users = new Set(packages.map(({ path }) => path));
  const own = missing.filter((use) => use.package === '' || users.has(use.package));
  if (own.length > 0) return { ok: false, faults: own.map((use) => unknownOp(use, index, file)) };
  const known = used.map((use) => nameOf(use, index, providers)).filter((name) => name !== undefined);
  return {
    ok: true,
    template: createCueTemplate(pool, ops, { ...definition, contextNames: response.context }),
    parameterSchema: response.schema ?? {},
    resultSchema: response.result ?? {},
    ops: [...new Set(known)].toSorted(),
    warnings: [...toFaults(response.warnings ?? [], file), ...missing.map((use) => missingOp(use, file))],
    checkParameter: (parameter) => checkParameter(pool, text, parameter),
  };
}

type OpUse = NonNullable<CueResponse['ops']>[number];

function nameOf(
  use: OpUse,
  index: ReadonlyMap<string, OpSpec>,
  providers: ReadonlySet<string>,
): string | undefined {
  return (
    index.get(`${use.provider}/${use.do}`)?.name ?? (providers.has(use.provider) ? callProvider : undefined)
  );
}

function notUsable({ path, unusable = '' }: CuePackage, { source, file }: CueSource): ExprFault {
  const before = source.slice(0, Math.max(0, source.indexOf(path))).split('\n');
  // The quote before the path belongs to the import.
  const at = { source: file, line: before.length, column: Math.max(1, before.at(-1)?.length ?? 1) };
  return { kind: 'import', message: `package ${JSON.stringify(path)} cannot be used: ${unusable}`, at };
}

/**
 * Of a package's op the host knows at least the name; one that a template or a package of the user spells can only be a
 * mistake.
 */
function unknownOp(use: OpUse, index: ReadonlyMap<string, OpSpec>, file: string): ExprFault {
  const near = [...index.keys()].find((call) => call.endsWith(`/${use.do}`));
  return {
    kind: 'evaluation',
    message: `there is no op with #provider ${JSON.stringify(use.provider)} and #do ${JSON.stringify(use.do)}`,
    ...(use.at === undefined ? {} : { at: { ...use.at, source: file } }),
    ...(near === undefined ? {} : { hint: `did you mean #provider: "${near.split('/')[0]}"?` }),
  };
}

function missingOp(use: OpUse, file: string): ExprFault {
  return {
    kind: 'evaluation',
    message: `${use.package}.${use.name} cannot be performed here: there is no op ${use.provider}/${use.do}`,
    ...(use.at === undefined ? {} : { at: { ...use.at, source: file } }),
  };
}

const parameterCodes = {
  missing: 'MissingParameter',
  unknown: 'UnknownParameter',
  invalid: 'InvalidParameter',
} as const;

async function checkParameter(
  pool: CuePool,
  text: TemplateText,
  parameter: JsonObject,
): Promise<readonly CueParameterFault[]> {
  const response = await pool.ask({ fn: 'check', ...text, parameter, context: {} });
  const faults = (response.parameter ?? []).map((fault) => ({ ...fault, code: parameterCodes[fault.code] }));
  const others = (response.problems ?? []).map((problem) => ({
    path: [],
    code: 'InvalidParameter' as const,
    message: problem.message,
  }));
  return [...faults, ...others];
}
