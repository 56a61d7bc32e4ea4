import { onTestFinished } from 'vitest';
import type { Answer } from '../../src/gate/judge/read-answer.ts';
import { readJudgePrompt, type AskedJudge } from '../../src/gate/judge/read-prompt.ts';
import { completion, json, serveModel, type ModelServer, type Reply } from '../llm/model-server.ts';

export const judgeModel = 'judge-1';

/** An answer to one question, by what is asked; undefined leaves it out. */
type Say = (question: string, prompt: AskedJudge) => Partial<Answer> | undefined;

export interface Script {
  /** Answers to what is no anchor; anchors are answered by their evidence unless `sleeps`. */
  readonly say?: Say;
  /** Answers anchors like everything else. */
  readonly sleeps?: true;
  /** Changes the answer before it is sent. */
  readonly spoil?: (body: { nonce: string; answers: readonly Answer[] }) => unknown;
  /** Changes the completion. */
  readonly parts?: object;
  readonly choice?: object;
  /** Answers instead of the judge. */
  readonly reply?: Reply;
}

/** A server that judges as scripted: one script for each request, the last one for the rest. */
export async function serveJudge(...scripts: readonly Script[]): Promise<ModelServer> {
  const server = await serveModel(...scripts.map(replyOf));
  onTestFinished(() => server.close());
  return server;
}

/** Of each request, what a judge reads of it. */
export function promptsOf({ asked }: ModelServer): readonly AskedJudge[] {
  return asked.map(({ body }) => promptOf(body));
}

function replyOf(script: Script): Reply {
  return (response, asked) => {
    if (script.reply !== undefined) return script.reply(response, asked);
    const parts = { model: judgeModel, ...script.parts };
    return json(completion(judgedText(asked.body, script), parts, script.choice))(response, asked);
  };
}

/** What the judge writes to the body of a request. */
export function judgedText(asked: Record<string, unknown>, script: Script): string {
  const prompt = promptOf(asked);
  const answers = prompt.questions.flatMap((each): readonly Answer[] => {
    const said = answerOf(each, prompt, script);
    return said === undefined ? [] : [{ id: each.id, answer: 'unknown', quote: '', evidence: '', ...said }];
  });
  const body = { nonce: prompt.nonce, answers };
  const content = script.spoil === undefined ? body : script.spoil(body);
  return typeof content === 'string' ? content : JSON.stringify(content);
}

function promptOf(body: Record<string, unknown>): AskedJudge {
  const messages = body['messages'] as readonly { readonly role: string; readonly content: string }[];
  const prompt = messages.map(({ content }) => readJudgePrompt(content)).find((each) => each !== undefined);
  if (prompt === undefined) throw new Error('the request is no question of a judge');
  return prompt;
}

function answerOf(
  { question, about }: AskedJudge['questions'][number],
  prompt: AskedJudge,
  { say, sleeps }: Script,
): Partial<Answer> | undefined {
  const evidence = about[0] ?? '';
  const text = prompt.items.get(evidence)?.text ?? '';
  const known = topics.find(([asked]) => question === asked);
  if (known !== undefined && sleeps === undefined)
    return { answer: known[1].test(text) ? 'yes' : 'no', quote: 'kind": "Deployment', evidence };
  return say?.(question, prompt) ?? { answer: 'yes', quote: lineOf(text), evidence };
}

/** Someone who reads: what the evidence of an anchor must show for a yes. */
const topics: readonly (readonly [string, RegExp])[] = [
  ['Does every container set a memory limit?', /"limits"/],
  ['Does every container have a readiness probe?', /"readinessProbe"/],
  ['Does every container run without privileged mode?', /^(?![^]*"privileged": true)/],
  ['Does every image have a tag other than latest, or a digest?', /^(?![^]*:latest")/],
  ['Does every container run as a user other than root?', /^(?![^]*"runAsUser": 0)/],
  ['Do the Pods stay out of the network of their node?', /^(?![^]*"hostNetwork": true)/],
];

function lineOf(text: string): string {
  return text.split('\n').find((line) => /[a-z]{4}/.test(line)) ?? '';
}
