import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countPromptTokens } from '../../src/llm/budget/count-tokens.ts';
import type { ModelMessage } from '../../src/llm/model-client.ts';
import { liteLlm } from './counterparts.ts';

const { url = '', key = '' } = liteLlm ?? {};

/** Tokens of a prompt as LiteLLM counts them with the vendor's own encoding for the model. */
async function counted(model: string, messages: readonly ModelMessage[]): Promise<number> {
  const response = await fetch(`${url}/utils/token_counter`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages }),
  });
  const { total_tokens: tokens, tokenizer_type: kind } = (await response.json()) as Record<string, unknown>;
  expect(kind).toBe('openai_tokenizer');
  return tokens as number;
}

const fileText = (path: string): string => readFileSync(join(import.meta.dirname, '../..', path), 'utf8');

const sampled = (text: fc.Arbitrary<string>): readonly string[] => fc.sample(text, { seed: 7, numRuns: 20 });

const texts: readonly (readonly [string, readonly string[]])[] = [
  ['manifests', [fileText('examples/chat-gpt-diagnose.yaml'), fileText('deploy/install.yaml')]],
  ['prose', [fileText('README.md'), fileText('docs/guarantees.md')]],
  ['code', [fileText('src/llm/budget/count-tokens.ts'), fileText('scripts/run-vitest.js')]],
  ['JSON', [fileText('package.json'), fileText('schemas/workflowrun.schema.json').slice(0, 50_000)]],
  [
    'digests',
    sampled(
      fc.string({ unit: fc.constantFrom(...'0123456789abcdef'.split('')), minLength: 64, maxLength: 64 }),
    ),
  ],
  ['base64', sampled(fc.base64String({ minLength: 40, maxLength: 400 }))],
  ['names of pods', sampled(fc.stringMatching(/^[a-z]{3,12}-[a-z0-9]{8,10}-[a-z0-9]{5}$/))],
  ['addresses', sampled(fc.webUrl({ withQueryParameters: true }))],
  ['times', sampled(fc.date({ noInvalidDate: true }).map((date) => date.toISOString()))],
  [
    'Chinese',
    ['集群中的容器无法启动,因为镜像不存在。请检查镜像名称和标签,然后重新部署工作负载。'.repeat(20)],
  ],
  ['text of many scripts', sampled(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 }))],
  [
    'punctuation',
    sampled(
      fc.string({ unit: fc.constantFrom(...'{}[]()<>"\'\\/|;:,.!?@#$%^&*-_=+~`'.split('')), maxLength: 300 }),
    ),
  ],
  ['blanks', sampled(fc.string({ unit: fc.constantFrom(' ', '\t', '\n', '\r\n', '  '), maxLength: 300 }))],
];

describe.skipIf(liteLlm === undefined)('never fewer tokens are counted than are paid for', () => {
  // The encodings of the vendor's newer and older models.
  const models = ['ready', 'gpt-3.5-turbo'];

  test.each(texts)('of %s', async (_what, samples) => {
    for (const content of samples) {
      for (const model of models) {
        const messages: readonly ModelMessage[] = [{ role: 'user', content }];
        // oxlint-disable-next-line no-await-in-loop -- a failure shows the text it is about
        const real = await counted(model, messages);
        expect(countPromptTokens(messages), content.slice(0, 200)).toBeGreaterThanOrEqual(real);
      }
    }
  });

  test('of a conversation', async () => {
    const turn: readonly ModelMessage[] = [
      { role: 'system', content: 'Judge.' },
      { role: 'user', content: 'Is it ready?' },
      { role: 'assistant', content: 'No.' },
    ];
    const messages = Array.from({ length: 20 }, () => turn).flat();
    for (const model of models) {
      // oxlint-disable-next-line no-await-in-loop -- two models
      expect(countPromptTokens(messages)).toBeGreaterThanOrEqual(await counted(model, messages));
    }
  });
});
