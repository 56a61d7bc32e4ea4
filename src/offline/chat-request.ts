import type { Prompt } from './answer.ts';
import { isObject } from '../api/json.ts';
import { readJudgePrompt } from '../gate/judge/read-prompt.ts';
import { diagnosisForm } from './cluster-diagnosis.ts';
import { depthLimit, isTooDeep } from './json-depth.ts';

export type ChatRequest =
  | { readonly ok: true; readonly prompt: Prompt }
  | { readonly ok: false; readonly message: string; readonly param: string | null };

/** Reads the body of a chat completion request; the fields that only steer sampling are accepted and have no effect. */
export function readChatRequest(body: string): ChatRequest {
  if (isTooDeep(body)) return bad(`The body nests deeper than ${depthLimit} levels.`, null);
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return bad('The body is not JSON.', null);
  }
  if (!isObject(parsed)) return bad('The body must be a JSON object.', null);
  if (typeof parsed['model'] !== 'string' || parsed['model'] === '')
    return bad('model must be a string.', 'model');
  if (parsed['stream'] === true)
    return bad('The offline engine does not stream; leave stream out.', 'stream');
  if (parsed['n'] !== undefined && parsed['n'] !== null && parsed['n'] !== 1) return bad('n must be 1.', 'n');
  const messages = parsed['messages'];
  if (!Array.isArray(messages) || messages.length === 0)
    return bad('messages must be a list with at least one message.', 'messages');
  const read = readMessages(messages);
  const format = parsed['response_format'];
  const isText = !isObject(format) || format['type'] === 'text';
  if (!read.ok || isText) return read;
  if (formName(format) === diagnosisForm.name)
    return { ok: true, prompt: { ...read.prompt, form: 'diagnosis' } };
  // The answers to a judge's questions have one form anyhow.
  if (readJudgePrompt(read.prompt.user) === undefined)
    return bad('The offline engine answers in text only; leave response_format out.', 'response_format');
  return read;
}

function formName(format: Readonly<Record<string, unknown>>): unknown {
  const asked = format['json_schema'];
  return isObject(asked) ? asked['name'] : undefined;
}

function readMessages(messages: readonly unknown[]): ChatRequest {
  const system: string[] = [];
  let user: string | undefined;
  for (const [index, message] of messages.entries()) {
    if (!isObject(message)) return bad(`messages[${index}] must be an object.`, `messages[${index}]`);
    const role = message['role'];
    if (role === 'assistant' || role === 'tool') continue;
    if (role !== 'user' && role !== 'system' && role !== 'developer') {
      return bad(
        `messages[${index}].role must be user, system, developer, assistant or tool.`,
        `messages[${index}].role`,
      );
    }
    const text = textOf(message['content']);
    if (text === undefined) {
      const got =
        message['content'] === undefined ? 'it is missing' : 'it is neither text nor a list of text parts';
      return bad(`messages[${index}].content must be text: ${got}.`, `messages[${index}].content`);
    }
    // The last question counts; what was asked before has been answered.
    if (role === 'user') user = text;
    else system.push(text);
  }
  if (user === undefined) return bad('There must be a message with role user.', 'messages');
  return { ok: true, prompt: { system: system.join('\n'), user } };
}

function textOf(content: unknown): string | undefined {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return undefined;
  const texts = content.map((part: unknown) =>
    isObject(part) && part['type'] === 'text' ? part['text'] : undefined,
  );
  return texts.every((text): text is string => typeof text === 'string') ? texts.join('\n') : undefined;
}

function bad(message: string, param: string | null): ChatRequest {
  return { ok: false, message, param };
}
