import type { Fault } from '../../api/fault.ts';
import type { PlanFaultCode } from '../../plan/plan-fault-codes.ts';
import { difference } from './difference.ts';
import type { DifferenceCode } from './difference-codes.ts';

/** A fault of a plan in the words of someone who comes from KubeVela; one that is no difference stays as it is. */
export function translateFault(fault: Fault): Fault {
  const code = codeFor(fault);
  if (code === undefined) return fault;
  const severity = code === 'NotAWorkflow' ? 'warning' : fault.severity;
  const suggested =
    fault.suggestion === undefined || /\s/.test(fault.suggestion)
      ? ''
      : ` (did you mean ${fault.suggestion}?)`;
  return difference(code, fault, severity, `${fault.message}${suggested}`);
}

/** Faults whose meaning depends on the field that they are in. */
const ofField: ReadonlyMap<string, DifferenceCode> = new Map([
  ['if', 'SkippedCondition'],
  ['valueFrom', 'NullOutput'],
  ['dependsOn', 'WaitsForEver'],
  ['from', 'WaitsForEver'],
]);

const expressionCodes: ReadonlySet<string> = new Set([
  'BadExpression',
  'UnknownStep',
  'UnknownStatusField',
  'UndeclaredInput',
  'UnknownInput',
  'UnknownContext',
  'UnknownParameterPath',
  'UnknownReference',
  'UnknownResult',
  'ImportInCondition',
  'LaterStep',
  'LaterStatus',
  'DependencyCycle',
] satisfies readonly PlanFaultCode[]);

const ofCode: ReadonlyMap<string, DifferenceCode> = new Map<string, DifferenceCode>([
  ['DependencyCycle', 'WaitsForEver'],
  ['LaterStep', 'WaitsForEver'],
  ['UnknownMode', 'IgnoredMode'],
  ['BadDuration', 'SkippedByTimeout'],
  ['DuplicateName', 'NeverRan'],
  ['DuplicateOutput', 'ConflictingOutput'],
  ['EmptySteps', 'NothingToRun'],
  ['EmptyGroup', 'NothingToRun'],
  ['MissingParameter', 'LateParameter'],
  ['InvalidParameter', 'LateParameter'],
  ['TypeMismatch', 'LateParameter'],
  ['BadParameterKey', 'LateParameter'],
  ['UnknownParameter', 'UnknownParameter'],
  ['ApplicationOnly', 'ApplicationOnly'],
  ['BadStepType', 'RefusedDefinition'],
  ['BadDefinition', 'RefusedDefinition'],
  ['BadCue', 'RefusedDefinition'],
  ['UnknownPackage', 'RefusedDefinition'],
  ['BadPackage', 'RefusedDefinition'],
  ['UnknownOp', 'RefusedDefinition'],
  ['DuplicateDefinition', 'DefinedTwice'],
  ['UnsupportedKind', 'NotAWorkflow'],
]);

/** Of KubeVela's own catalogue; they read or write the Application that they are part of. */
const applicationTypes: readonly string[] = [
  'deploy',
  'apply-component',
  'builtin-apply-component',
  'deploy-cloud-resource',
  'share-cloud-resource',
  'collect-service-endpoints',
  'export-service',
  'addon-operation',
];

function codeFor({ code, path, message }: Fault): DifferenceCode | undefined {
  const field = /(?:^|\.)(\w+)(?:\[\d+\])?$/.exec(path)?.[1] ?? '';
  if (expressionCodes.has(code)) {
    const own = ofField.get(field);
    if (own !== undefined) return own;
  }
  if (code === 'UnknownStepType')
    return applicationTypes.some((type) => message.includes(`"${type}"`))
      ? 'ApplicationOnly'
      : 'NoSuchStepType';
  return ofCode.get(code);
}
