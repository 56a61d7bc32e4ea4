import type { JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import type { ReadOnlyCluster } from '../../src/cluster/port.ts';
import type { OfflineEngine } from '../../src/offline/server.ts';
import { randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { startOfflineEngine } from '../../src/offline/server.ts';
import { nowMs } from '../analyze/kube-fixtures.ts';

export interface Reply {
  readonly status: number;
  readonly content: string;
  readonly body: JsonObject;
}

/** An engine that is closed when the test ends. */
export async function startEngine(
  clusters: () => Promise<readonly ReadOnlyCluster[]> = () => Promise.resolve([]),
): Promise<OfflineEngine> {
  const engine = await startOfflineEngine({ clusters, now: () => nowMs, newId: randomUUID });
  onTestFinished(() => engine.close());
  return engine;
}

export async function post(
  engine: OfflineEngine,
  body: string | Uint8Array<ArrayBuffer>,
  path: string = '/chat/completions',
): Promise<Reply> {
  const response = await fetch(`${engine.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer <your token>' },
    body,
  });
  const parsed = (await response.json()) as JsonObject;
  const choices = parsed['choices'] as
    | readonly { readonly message: { readonly content: string } }[]
    | undefined;
  return { status: response.status, content: choices?.[0]?.message.content ?? '', body: parsed };
}

/** One user message, as the chat-gpt step types send it. */
export function ask(engine: OfflineEngine, content: string): Promise<Reply> {
  return post(engine, JSON.stringify({ model: 'gpt-3.5-turbo', messages: [{ role: 'user', content }] }));
}

export type Asked = 'diagnose' | 'audit' | 'score';

/** A prompt of the shape that the chat-gpt step type uses. */
export function promptFor(
  asked: Asked,
  content: KubeObject | string | null,
  language: string = 'English',
): string {
  const data = JSON.stringify(content);
  const before: Readonly<Record<Asked, string>> = {
    diagnose: `You administer Kubernetes clusters. Read what follows and spell out your diagnosis and the reasons for it.\nAnswer in  ${language}.`,
    audit: `You administer Kubernetes clusters. Find the security misconfigurations of the object; write a few bullet points, in the imperative.\nAnswer in  ${language}.`,
    score:
      'You administer Kubernetes clusters. Find the security misconfigurations of the object and rate the object. The max score is 100.\nAnswer with score only.',
  };
  const after: Readonly<Record<Asked, string>> = {
    diagnose: 'What is wrong with this object and how to fix it?',
    audit: 'What are the security problems of this object and how to fix them?',
    score: 'What is the score of this object?',
  };
  return `${before[asked]}\n---\n${data}\n---\n${after[asked]}`;
}
