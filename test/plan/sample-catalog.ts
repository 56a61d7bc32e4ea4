import { Ajv } from 'ajv';
import type { JsonObject } from '../../src/api/json.ts';
import type { Compiled, ParameterFault, StepType, StepTypeCatalog } from '../../src/step-types/step-type.ts';

type Given = Partial<Omit<StepType, 'parameterSchema'>> & { readonly parameterSchema?: JsonObject };

const text = { type: 'string' };

const samples: Readonly<Record<string, Given>> = {
  'apply-deployment': {
    parameterSchema: {
      type: 'object',
      properties: {
        image: text,
        replicas: { type: 'integer' },
        cluster: text,
        cmd: { type: 'array', items: text },
      },
      required: ['image'],
    },
    resultSchema: {
      type: 'object',
      properties: { output: { type: 'object', properties: { value: { type: 'object' } } } },
      additionalProperties: false,
    },
  },
  'chat-gpt': {
    callsModel: true,
    parameterSchema: {
      type: 'object',
      properties: {
        token: { type: 'object', properties: { value: text, secretRef: { type: 'object' } } },
        prompt: {
          type: 'object',
          properties: { type: { enum: ['audit', 'diagnose', 'quality-gate'] }, content: {} },
          required: ['type', 'content'],
        },
      },
      required: ['token', 'prompt'],
    },
    resultSchema: {
      type: 'object',
      properties: { result: text, http: { type: 'object' } },
      additionalProperties: false,
    },
  },
  // A YAML step type: what it does not name is refused.
  notify: {
    unknownParameters: 'refuse',
    parameterSchema: {
      type: 'object',
      properties: {
        message: text,
        count: { type: 'integer' },
        labels: { type: 'object', additionalProperties: text },
      },
      required: ['message'],
      additionalProperties: false,
    },
    resultSchema: {
      type: 'object',
      properties: { sent: { type: 'boolean' }, id: text },
      additionalProperties: false,
    },
  },
  gate: {
    isGate: true,
    parameterSchema: {
      type: 'object',
      properties: { subject: {}, mode: { enum: ['enforce', 'observe'] } },
    },
    resultSchema: { type: 'object', properties: { verdict: {} }, additionalProperties: false },
  },
  open: { parameterSchema: { type: 'object' } },
  suspend: {
    suspends: true,
    parameterSchema: { type: 'object', properties: { duration: text, message: text } },
  },
  'call-workflow': {
    unknownParameters: 'refuse',
    kind: 'call',
    parameterSchema: {
      type: 'object',
      properties: { workflow: { type: 'string', minLength: 1 }, parameters: { type: 'object', default: {} } },
      required: ['workflow'],
      additionalProperties: false,
    },
  },
  'step-group': { kind: 'group', parameterSchema: { type: 'object' } },
};

/** A catalog of a few step types; `broken` has a fault of its own. */
export function sampleCatalog(): StepTypeCatalog {
  const names = [...Object.keys(samples), 'broken'].toSorted();
  const found = new Map(names.map((name) => [name, compiled(name)]));
  return {
    find: (name) => Promise.resolve(found.get(name)),
    names: () => names,
  };
}

function compiled(name: string): Compiled | undefined {
  if (name === 'broken') {
    const fault = {
      code: 'Syntax',
      severity: 'error',
      line: 7,
      column: 3,
      path: 'spec',
      message: 'no such op',
    } as const;
    return { ok: false, file: 'broken.yaml', faults: [fault] };
  }
  const given = Object.hasOwn(samples, name) ? samples[name] : undefined;
  return given === undefined ? undefined : { ok: true, stepType: stepType(name, given), warnings: [] };
}

function stepType(name: string, given: Given): StepType {
  const parameterSchema = given.parameterSchema ?? {};
  const unknownParameters = given.unknownParameters ?? 'warn';
  const validate = new Ajv({ allErrors: true, strict: false }).compile(parameterSchema);
  return {
    name,
    source: { name, format: 'yaml', origin: 'built-in', file: `built-in:${name}`, text: '' },
    description: '',
    digest: '0'.repeat(64),
    kind: 'template',
    resultSchema: undefined,
    callsModel: false,
    isGate: false,
    template: {
      next: () => Promise.resolve({ kind: 'done' }),
      value: () => Promise.resolve({ ok: true, value: null }),
    },
    ...given,
    parameterSchema,
    unknownParameters,
    checkParameter(parameter) {
      validate(parameter);
      const faults: ParameterFault[] = (validate.errors ?? []).map(
        ({ keyword, instancePath, params, message }) => {
          const path = instancePath
            .split('/')
            .slice(1)
            .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
          const field: unknown = params['missingProperty'] ?? params['additionalProperty'];
          return {
            path: typeof field === 'string' ? [...path, field] : path,
            code:
              keyword === 'required'
                ? 'MissingParameter'
                : keyword === 'additionalProperties'
                  ? 'UnknownParameter'
                  : 'InvalidParameter',
            message: message ?? '',
          };
        },
      );
      return Promise.resolve(faults);
    },
  };
}
