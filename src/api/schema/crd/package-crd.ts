import type { JsonObject } from '../../json.ts';
import { stringMap, text } from '../schema-parts.ts';
import { record } from './status-parts.ts';

/** `spec` of a Package, field by field as KubeVela has it. */
export const packageSpecSchema: JsonObject = {
  ...record('The functions, and who answers them.', {
    path: text('What templates import.'),
    provider: {
      ...record('The server that is called; absent for a library of definitions.', {
        protocol: text('http or https.'),
        endpoint: text('Address that the name of a function is added to.'),
        header: { ...stringMap('Headers of every request.'), default: {} },
      }),
      required: ['protocol', 'endpoint'],
    },
    templates: stringMap('Files of CUE by name.'),
  }),
  required: ['path', 'templates'],
};
