import type { Fault } from '../../api/fault.ts';
import type { OpRegistry } from '../../api/op-spec.ts';
import type { CuePackage } from '../../cue/user-package.ts';
import type { SourceDocument } from '../../yaml/source-document.ts';
import type { CueCompiler } from '../cue-compiler.ts';
import { readPackage } from './read-package.ts';

export interface PackageParts {
  readonly ops: OpRegistry;
  readonly cue: Pick<CueCompiler, 'describePackage'>;
}

/** All faults of a Package: of its structure, of its CUE, of its functions, and beside the `others` that stand with it. */
export async function checkPackage(
  document: SourceDocument,
  others: readonly CuePackage[],
  { ops, cue }: PackageParts,
): Promise<readonly Fault[]> {
  const read = readPackage(document);
  if (read.faults.length > 0) return read.faults;
  const own = read.package;
  const fault = (place: ReturnType<SourceDocument['locate']>, message: string): Fault => ({
    ...place,
    code: 'BadPackage',
    severity: 'error',
    message,
  });
  const placeOf = (at: { source: string; line: number; column: number } | undefined) => {
    const name = at?.source.slice(own.path.length + 1);
    return at === undefined || name === undefined || !own.files.some((file) => file.name === name)
      ? document.locate(['spec', 'path'])
      : document.locateInScalar(['spec', 'templates', name], at.line, at.column);
  };
  const faults = clashes(own, others, ops).map(({ path, message }) => fault(document.locate(path), message));
  const described = await cue.describePackage(own, others);
  if (!described.ok)
    return [
      ...faults,
      ...described.faults.map(({ at, message, hint }) => fault(placeOf(at), withHint(message, hint))),
    ];
  for (const each of described.functions) {
    const message = functionFault(each, own, ops);
    if (message !== undefined) faults.push(fault(placeOf(each.at), message));
  }
  return faults;
}

function withHint(message: string, hint: string | undefined): string {
  return hint === undefined ? message : `${message}; ${hint}`;
}

/** Whom a template would mean by a path or a #provider must not depend on an order. */
function clashes(
  { name, path }: CuePackage,
  others: readonly CuePackage[],
  ops: OpRegistry,
): readonly { readonly path: readonly string[]; readonly message: string }[] {
  const samePath = others.find((other) => other.path === path && other.name !== name);
  const isTaken = [...ops.values()].some((op) => op.cue.some(({ provider }) => provider === name));
  return [
    ...(isTaken
      ? [
          {
            path: ['metadata', 'name'],
            message: `${name} is the #provider of built-in ops; choose another name`,
          },
        ]
      : []),
    ...(samePath === undefined
      ? []
      : [{ path: ['spec', 'path'], message: `the Package ${samePath.name} has the path ${path}, too` }]),
  ];
}

type PackageFunction = Extract<
  Awaited<ReturnType<CueCompiler['describePackage']>>,
  { ok: true }
>['functions'][number];

function functionFault(
  { name, do: verb, provider, hasParams }: PackageFunction,
  own: CuePackage,
  ops: OpRegistry,
): string | undefined {
  const isBuiltIn = [...ops.values()].some((op) =>
    op.cue.some((call) => call.provider === provider && call.do === verb),
  );
  if (isBuiltIn) return undefined;
  if (provider !== own.name)
    return `${name} has the #provider ${JSON.stringify(provider)}: write the name of the Package, ${JSON.stringify(own.name)}`;
  if (own.provider === undefined)
    return `${name} calls a provider, and the Package has none: add spec.provider`;
  if (!hasParams) return `${name} declares no $params; write $params: {} for a function without any`;
  return undefined;
}
