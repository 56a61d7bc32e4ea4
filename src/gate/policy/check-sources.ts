import { isObject, type Json, type JsonObject } from '../../api/json.ts';
import { parseExternalRef } from '../external-ref.ts';
import { durationAt, has, listAt, objectAt, textAt } from './loose-reading.ts';
import type { AddFault, IsFilled, Path } from './policy-fault.ts';

const builtInFindings = ['audit', 'diagnose'];

/** Whether what an objective is measured by is there: providers, reports, references. */
export function checkSources(
  gate: JsonObject,
  list: 'objectives' | 'rules',
  add: AddFault,
  isFilled: IsFilled,
): void {
  for (const name of builtInFindings)
    if (has(objectAt(gate, 'reports'), name))
      add(
        ['reports', name],
        'ReservedName',
        `\`from: ${name}\` is built in, so no report can have this name`,
      );
  checkProviders(objectAt(gate, 'providers'), add);
  listAt(gate, list).forEach((objective, index) => {
    const path = [list, index, 'value'];
    const source = objectAt(objective, 'value');
    if (has(source, 'metric'))
      checkMetric(objectAt(source, 'metric'), gate, [...path, 'metric'], add, isFilled);
    const from = textAt(objectAt(source, 'findings'), 'from');
    if (from !== undefined && !builtInFindings.includes(from))
      checkNamed('reports', from, gate, [...path, 'findings', 'from'], add, isFilled);
    const ref = textAt(objectAt(source, 'external'), 'ref');
    if (ref !== undefined && parseExternalRef(ref) === undefined)
      add(
        [...path, 'external', 'ref'],
        'NotAReference',
        'write it as apiVersion/Kind/[namespace/]name#ConditionType, such as apps/v1/Deployment/web#Available',
      );
  });
}

function checkMetric(
  metric: JsonObject,
  gate: JsonObject,
  path: Path,
  add: AddFault,
  isFilled: IsFilled,
): void {
  const provider = textAt(metric, 'provider');
  if (provider !== undefined) checkNamed('providers', provider, gate, [...path, 'provider'], add, isFilled);
  if (!has(metric, 'range')) return;
  if (durationAt(metric, 'range') === 0)
    add([...path, 'range'], 'NoTime', '`range` must be longer than nothing');
  if (!has(metric, 'aggregate'))
    add(
      [...path, 'range'],
      'RangeNeedsAggregate',
      '`aggregate` must say how the values of the range become one',
    );
}

function checkNamed(
  field: 'providers' | 'reports',
  name: string,
  gate: JsonObject,
  path: Path,
  add: AddFault,
  isFilled: IsFilled,
): void {
  const known = objectAt(gate, field);
  if (Object.hasOwn(known, name) || isFilled([field, name])) return;
  const names = Object.keys(known);
  const there = names.length === 0 ? `\`${field}\` is empty` : `there is ${names.slice(0, 10).join(', ')}`;
  const builtIn = field === 'reports' ? `, and audit and diagnose are built in` : '';
  add(path, 'UnknownSource', `\`${field}\` has no "${name.slice(0, 80)}"; ${there}${builtIn}`);
}

function checkProviders(providers: JsonObject, add: AddFault): void {
  for (const [name, provider] of Object.entries(providers)) {
    if (durationAt(provider, 'timeout') === 0)
      add(['providers', name, 'timeout'], 'NoTime', '`timeout` must be longer than nothing');
    const credential = Object.keys(objectAt(provider, 'header')).find(isCredential);
    if (credential !== undefined)
      add(
        ['providers', name, 'header', credential],
        'CredentialInPolicy',
        'a policy is kept with its verdicts, so no credential may stand in it: use `token.secretRef`',
      );
    if (hasPassword(provider))
      add(
        ['providers', name, 'address'],
        'CredentialInPolicy',
        'the address holds a user or a password: use `token.secretRef`',
      );
  }
}

/** Names of headers that carry a credential, or look as if they did. */
function isCredential(name: string): boolean {
  return /auth|cookie|token|secret|password|api-?key/i.test(name);
}

function hasPassword(provider: Json): boolean {
  const address = textAt(provider, 'address') ?? '';
  if (!isObject(provider) || !URL.canParse(address)) return false;
  const { username, password } = new URL(address);
  return username !== '' || password !== '';
}
