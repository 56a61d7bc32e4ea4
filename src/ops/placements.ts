import type { Op } from './op.ts';
import { terminal } from './outcome.ts';
import { listParam } from './param-values.ts';

export const placements: Op = {
  name: 'placements',
  cue: [{ provider: 'multicluster', do: 'get-placements-from-topology-policies' }],
  description:
    'Where a step type of KubeVela is to put something: without a policy, into the run’s namespace on the default cluster. Policies belong to Applications; a run has none.',
  params: {
    type: 'object',
    properties: {
      policies: {
        type: 'array',
        items: { type: 'string' },
        description: 'Must be empty: there is no policy to find.',
      },
    },
    additionalProperties: false,
  },
  result: {
    type: 'object',
    required: ['placements'],
    properties: {
      placements: {
        type: 'array',
        items: {
          type: 'object',
          required: ['cluster', 'namespace'],
          properties: { cluster: { type: 'string' }, namespace: { type: 'string' } },
          additionalProperties: false,
        },
      },
    },
    additionalProperties: false,
  },
  needs: 'nothing',
  onUnknown: () => 'retry',
  pure: true,
  perform(params, { run }) {
    const policies = listParam(params, 'policies').filter((name) => typeof name === 'string');
    if (policies.length > 0) {
      const message = `there is no topology policy "${policies.join('", "')}": policies belong to Applications`;
      return Promise.resolve(terminal(message));
    }
    const own = { cluster: 'local', namespace: run.namespace };
    return Promise.resolve({ kind: 'ok', result: { placements: [own] } });
  },
};
