import type { OpOutcome } from '../api/op-spec.ts';
import type { Op } from './op.ts';
import { terminal } from './outcome.ts';
import { textParam } from './param-values.ts';

export const convertString: Op = {
  name: 'convert-string',
  cue: [
    { provider: 'util', do: 'string' },
    { provider: 'op', do: 'string' },
  ],
  description: 'Turns bytes, given as base64, into text, such as a value under the `data` of a Secret.',
  params: {
    type: 'object',
    required: ['bt'],
    properties: { bt: { type: 'string', description: 'Base64 of UTF-8 text.' } },
    additionalProperties: false,
  },
  result: {
    type: 'object',
    required: ['str'],
    properties: { str: { type: 'string' } },
    additionalProperties: false,
  },
  needs: 'nothing',
  onUnknown: () => 'retry',
  pure: true,
  perform: (params) => Promise.resolve(decode(textParam(params, 'bt', ''))),
};

function decode(encoded: string): OpOutcome {
  const compact = encoded.replaceAll(/\s/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) return terminal('convert-string: bt is not base64');
  try {
    const str = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      Buffer.from(compact, 'base64'),
    );
    return { kind: 'ok', result: { str } };
  } catch {
    return terminal('convert-string: bt is not the base64 of UTF-8 text');
  }
}
