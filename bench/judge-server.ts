import { setTimeout as wait } from 'node:timers/promises';
import { readJudgePrompt } from '../src/gate/judge/read-prompt.ts';
import { answerJudge } from '../src/offline/judge-answer.ts';
import { completion, json, serveModel } from '../test/llm/model-server.ts';

/** `node bench/judge-server.ts MS`: a model that judges by the audit rules, MS after it was asked. Its parent hears of each call. */
const ms = Number(process.argv[2]);
const server = await serveModel((response, asked) => {
  process.send?.({ call: true });
  const messages = asked.body['messages'] as readonly { readonly content: string }[];
  const prompt = messages.map(({ content }) => readJudgePrompt(content)).find((each) => each !== undefined);
  if (prompt === undefined) throw new Error('this is no question of a judge');
  const { content } = answerJudge(prompt);
  void wait(ms).then(() => json(completion(content))(response, asked));
});
process.send?.({ url: server.endpoint.baseUrl });
process.once('disconnect', () => process.exit());
