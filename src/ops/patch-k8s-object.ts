import { mergePatch } from '../api/merge-patch.ts';
import { withMergedLists } from './merge-lists.ts';
import type { Op } from './op.ts';
import { objectParam } from './param-values.ts';
import { openObject } from './schema-parts.ts';

export const patchK8sObject: Op = {
  name: 'patch-k8s-object',
  cue: [{ provider: 'util', do: 'patch-k8s-object' }],
  description:
    'What an object becomes by a patch, without any cluster: null removes a field, elements of a list are merged with those of the same `name`, lists without names are replaced.',
  params: {
    type: 'object',
    required: ['value', 'patch'],
    properties: { value: openObject, patch: openObject },
    additionalProperties: false,
  },
  result: {
    type: 'object',
    required: ['result'],
    properties: { result: openObject },
    additionalProperties: false,
  },
  needs: 'nothing',
  onUnknown: () => 'retry',
  pure: true,
  perform(params) {
    const value = objectParam(params, 'value');
    const patch = withMergedLists(value, objectParam(params, 'patch'));
    return Promise.resolve({ kind: 'ok', result: { result: mergePatch(value, patch) } });
  },
};
