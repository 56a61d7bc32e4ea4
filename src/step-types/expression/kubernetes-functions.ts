import { Buffer } from 'node:buffer';
import { isObject, type Json, type JsonObject } from '../../api/json.ts';
import type { ExprFunction, FunctionParam } from './functions.ts';
import { decodeBase64 } from './text-functions.ts';

const object: FunctionParam = { name: 'object', kinds: ['object'] };
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

export const kubernetesFunctions: Readonly<Record<string, ExprFunction>> = {
  condition: {
    description:
      'The condition of this type in `status.conditions` of an object; no value when there is none.',
    params: [object, { name: 'type', kinds: ['string'] }],
    result: {
      type: 'object',
      properties: { type: {}, status: {}, reason: {}, message: {} },
      additionalProperties: true,
    },
    run: ([value, type], call) => {
      const conditions = field(field(value, 'status'), 'conditions');
      const list = Array.isArray(conditions) ? (conditions as readonly Json[]) : [];
      call.budget.spend(list.length, call.at);
      const found = list.find((condition) => field(condition, 'type') === type);
      return found ?? call.noValue(`the object has no condition ${(type as string).slice(0, 100)}`);
    },
  },
  secretValue: {
    description: 'The decoded value of a key of a Secret; no value when it has no such key.',
    params: [
      { name: 'secret', kinds: ['object'] },
      { name: 'key', kinds: ['string'] },
    ],
    result: { type: 'string' },
    run: ([secret, key], call) => {
      const name = key as string;
      const plain = field(field(secret, 'stringData'), name);
      if (typeof plain === 'string') return plain;
      const encoded = field(field(secret, 'data'), name);
      if (typeof encoded !== 'string') return call.noValue(`the Secret has no key "${name.slice(0, 100)}"`);
      call.budget.text(encoded.length, call.at);
      return decodeBase64(encoded) ?? call.noValue(`key "${name.slice(0, 100)}" of the Secret is no text`);
    },
  },
  base64Values: {
    description: 'An object with the same fields, each text as its base64: the `data` of a Secret.',
    params: [object],
    result: { type: 'object', additionalProperties: { type: 'string' } },
    run: ([fields], call) => {
      const entries = Object.entries(fields as JsonObject).map(([key, value]): [string, Json] => {
        if (typeof value !== 'string') return call.wrong(`the field "${key.slice(0, 100)}" is no string`);
        call.budget.text(value.length * 2, call.at);
        return [key, Buffer.from(value, 'utf8').toString('base64')];
      });
      return Object.fromEntries(entries);
    },
  },
  trimObject: {
    description:
      'A Kubernetes object without its book-keeping: managed fields and the copy that kubectl keeps of what was applied.',
    params: [{ name: 'value' }],
    result: {},
    run: ([value = null]) => (isObject(value) ? withoutBookkeeping(value) : value),
  },
};

function field(value: Json | undefined, name: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function withoutBookkeeping(value: JsonObject): JsonObject {
  const metadata = field(value, 'metadata');
  if (!isObject(metadata)) return value;
  const { managedFields: _managed, annotations, ...kept } = metadata;
  if (!isObject(annotations))
    return { ...value, metadata: annotations === undefined ? kept : { ...kept, annotations } };
  const rest = Object.entries(annotations).filter(([key]) => key !== lastApplied);
  return {
    ...value,
    metadata: rest.length === 0 ? kept : { ...kept, annotations: Object.fromEntries(rest) },
  };
}
