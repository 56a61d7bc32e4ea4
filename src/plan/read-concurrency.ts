import { concurrencySchema } from '../api/schema/kind-schemas.ts';
import { fieldNames } from '../api/schema/schema-parts.ts';
import type { FieldReader } from './field-reader.ts';
import { concurrencyPolicies, type Concurrency, type Plan } from './plan.ts';
import { didYouMean } from './suggest.ts';

const longestGroup = 253;

/** The concurrency group of the run whose `spec` is read. An empty name would be a lock that nobody holds: it is a fault. */
export function readConcurrency(spec: FieldReader): Pick<Plan, 'concurrency'> {
  const reader = spec.child('concurrency');
  if (reader === undefined) return {};
  reader.checkFields(fieldNames(concurrencySchema));
  const group = readGroup(reader);
  const policy = readPolicy(reader);
  const maxQueue = reader.integer('maxQueue', 1, 1000, 'BadConcurrency');
  if (maxQueue !== undefined && policy !== 'queue')
    reader.fault(
      'BadConcurrency',
      ['maxQueue'],
      `\`maxQueue\` has no meaning with the policy ${policy}: nothing queues`,
    );
  if (group === undefined) return {};
  return { concurrency: { group, policy, ...(maxQueue === undefined ? {} : { maxQueue }) } };
}

function readGroup(reader: FieldReader): string | undefined {
  const group = reader.requiredText('group', 'runs that name the same group run one after the other');
  if (group === undefined) return undefined;
  if (group.trim() === '')
    return reader.fault(
      'MissingField',
      ['group'],
      '`group` is empty: a group without a name would lock nothing',
    );
  if (group !== group.trim() || group.length > longestGroup)
    return reader.fault(
      'BadConcurrency',
      ['group'],
      `\`group\` must have at most ${longestGroup} characters, and no blanks around it`,
      group.trim().slice(0, longestGroup),
    );
  return group;
}

function readPolicy(reader: FieldReader): Concurrency['policy'] {
  const given = reader.text('policy') ?? 'queue';
  const policy = concurrencyPolicies.find((known) => known === given);
  if (policy !== undefined) return policy;
  const { suggestion } = didYouMean(given, concurrencyPolicies);
  reader.fault(
    'BadConcurrency',
    ['policy'],
    `\`policy\` must be ${concurrencyPolicies.join(', ')}, not "${given}"`,
    suggestion,
  );
  return 'queue';
}
