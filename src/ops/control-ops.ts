import { SluiceError } from '../api/errors.ts';
import type { JsonObject } from '../api/json.ts';
import type { Op } from './op.ts';

const message: JsonObject = { type: 'string', description: "Shown as the step's message." };

/** Ops that the engine decides itself: they are described here and never performed. */
export const controlOps: readonly Op[] = [
  control('wait', 'Waits until `continue` is true; what it depends on is read again meanwhile.', {
    properties: {
      continue: { type: 'boolean', default: false, description: 'Whether the step goes on.' },
      after: {
        type: 'string',
        description:
          'Go duration after which it is looked again at the latest; without one 1 s, doubled each time up to 30 s.',
      },
      message,
    },
  }),
  control('suspend', 'Suspends the step until someone resumes it, or for a duration.', {
    properties: {
      duration: {
        type: 'string',
        description: 'Go duration such as `30s` or `1h30m`; without one, until resumed.',
      },
      message,
    },
  }),
  control('fail', 'Fails the step at once.', { properties: { message } }),
  control('break', 'Ends the step as succeeded and the run as terminated.', { properties: { message } }),
  control('message', "Sets the step's message.", { properties: { message } }),
  {
    ...control('var', 'Keeps a value for later steps of the run, or reads one; also an output of a step.', {
      required: ['path'],
      properties: {
        method: { type: 'string', enum: ['Get', 'Put'], default: 'Get' },
        path: {
          type: 'string',
          minLength: 1,
          description: 'The name, such as `versions.web`. One that has a value keeps it: another is refused.',
        },
        value: { description: 'For `Put`.' },
      },
    }),
    result: {
      type: 'object',
      required: ['value'],
      properties: { value: { description: 'What the name stands for.' } },
      additionalProperties: false,
    },
  },
  control(
    'log',
    "Adds to the step's log, or says where its log is.",
    {
      properties: {
        data: { description: 'Text, or any value, which is logged as JSON.' },
        level: {
          type: 'integer',
          default: 3,
          description: 'Accepted as KubeVela does; every level is kept.',
        },
        source: logSource(),
      },
    },
    [{ provider: 'util', do: 'log' }],
  ),
];

/** The names under which packages of either style call a control op: `builtin`, `op`, or no provider at all. */
function control(name: string, description: string, params: JsonObject, more: Op['cue'] = []): Op {
  const cue = ['builtin', 'op', ''].map((provider) => ({ provider, do: name }));
  return {
    name,
    cue: [...cue, ...more],
    description,
    params: { type: 'object', ...params, additionalProperties: false },
    result: { type: 'object', properties: {}, additionalProperties: false },
    needs: 'control',
    onUnknown: () => 'retry',
    pure: true,
    perform: () =>
      Promise.reject(
        new SluiceError('bug', 'ControlOpPerformed', `the control op "${name}" was sent to be performed`),
      ),
  };
}

function logSource(): JsonObject {
  const text: JsonObject = { type: 'string' };
  return {
    type: 'object',
    description: 'Where the log is: an address, or the pods that write it.',
    properties: {
      url: text,
      resources: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            name: text,
            cluster: text,
            namespace: text,
            labelSelector: { type: 'object', additionalProperties: text },
          },
          additionalProperties: false,
        },
      },
    },
    additionalProperties: false,
  };
}
