import type { ApiClient } from '../../cluster/kubernetes/api-client.ts';
import type { AnswerCache } from '../../llm/cache/answer-cache.ts';
import { openMemoryCacheStore } from '../../llm/cache/memory-cache-store.ts';
import type { ModelSettings } from '../../llm/settings/model-settings.ts';
import { openModelCommons, type ModelCommons } from '../../runner/models/model-commons.ts';
import { ClusterSpending } from '../../store/cluster/cluster-spending.ts';
import { openSecretSettings } from './secret-settings.ts';

export interface ControllerModelsOptions {
  readonly client: ApiClient;
  /** The controller's own. */
  readonly namespace: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly monotonicNow: () => number;
}

export interface ControllerModels {
  /** As runs of a namespace ask models: with its servers, on its account, and with answers of its own. */
  of(namespace: string): ModelCommons;
  settings(namespace: string): Promise<ModelSettings>;
}

const answersKept = 2000;

/**
 * What all runs of a controller share when they ask models. Answers are kept in memory: in a ConfigMap of the namespace others
 * could read what was asked there, and write what a judge is to have said; and a gate that was decided is used again from its
 * verdict, which is signed, after a restart, too.
 */
export function openControllerModels(options: ControllerModelsOptions): ControllerModels {
  const { client, namespace: own, env, now, monotonicNow } = options;
  const settings = openSecretSettings({ client, namespace: own, env, monotonicNow });
  const spending = new ClusterSpending({ client, namespace: own, now });
  const shared = openModelCommons({
    settings: () => settings(own),
    spending: spending.of(own),
    answers: openMemoryCacheStore(answersKept),
    now,
  });
  return {
    settings,
    of: (namespace) => ({
      ...shared,
      settings: () => settings(namespace),
      spending: spending.of(namespace),
      answers: answersOf(shared.answers, namespace),
    }),
  };
}

/** No namespace gets an answer that another one's key has paid for. */
function answersOf(answers: AnswerCache, namespace: string): AnswerCache {
  return { through: (request) => answers.through({ ...request, key: `${namespace}/${request.key}` }) };
}
