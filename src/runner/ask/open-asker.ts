import { randomUUID } from 'node:crypto';
import { isSluiceError, SluiceError } from '../../api/errors.ts';
import type { Clusters } from '../../cluster/port.ts';
import { settingsPath } from '../../llm/settings/settings-file.ts';
import { openSqliteStore } from '../../store/sqlite/open.ts';
import { openFileSettings } from '../models/file-settings.ts';
import { openModelCommons } from '../models/model-commons.ts';
import { openModelPlaces, type ModelPlaces } from '../models/model-places.ts';
import { openModelService } from '../models/open-model-service.ts';
import { openTraffic, storesFor, type TrafficWish } from '../models/open-traffic.ts';
import { openOperatorHttp, type OperatorNetwork } from '../operator-http.ts';
import { shortId } from '../short-id.ts';
import { askAboutEvidence } from './ask-about-evidence.ts';
import type { EvidenceAsker } from './asker.ts';

export interface AskerOptions extends OperatorNetwork {
  /** Has the settings of models, what was spent, answers that are kept, and the key of pseudonyms. */
  readonly stateDir: string;
  /** The command that asks: its questions share the budget of one run. */
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Requests are sent by default. */
  readonly modelTraffic?: TrafficWish;
  /** Replace `names` of questions, too. */
  readonly anonymize?: boolean;
}

/**
 * Opens what asks models for one command. The offline engine never answers here: whoever asks has its own text from rules.
 * Throws SluiceError `environment` for a state directory that cannot be used, and as `openTraffic` does.
 */
export async function openAsker(options: AskerOptions): Promise<EvidenceAsker> {
  const { stateDir, env, now, name, modelTraffic } = options;
  const store = await openSqliteStore({ directory: stateDir, now, newId: randomUUID });
  try {
    const asked = await openTraffic(modelTraffic, {
      env,
      settings: openFileSettings(settingsPath(stateDir), env),
      newKey: () => shortId() + shortId(),
    });
    const { traffic, evidenceKey } = asked;
    const key = evidenceKey ?? (await store.installationKey());
    const { spending, answers } = storesFor(traffic, store);
    const commons = openModelCommons({
      settings: asked.settings,
      spending,
      answers,
      now,
      // A recording says how long a server wanted to be left alone; nobody has to wait for that again.
      ...(traffic.kind === 'replay' ? { pause: async () => undefined } : {}),
    });
    const http = openOperatorHttp(options);
    const places = openModelPlaces({
      env: asked.env,
      settings: asked.settings,
      offlineAllowed: false,
      clusters: noClusters,
      now,
      newId: shortId,
      http,
      traffic,
      // What is sent was masked before it got here.
      maskSecrets: (text) => text,
    });
    const models = openModelService({ commons, places: saidPlainly(places), traffic, now, newId: shortId });
    const payer = { uid: shortId(), name, annotations: {} };
    const parts = { models, key, payer, anonymize: options.anonymize === true };
    return {
      ask: (question, asking) => askAboutEvidence(question, asking, parts),
      async describe(wish = {}) {
        try {
          return await models.describe(wish);
        } catch (error) {
          if (isSluiceError(error) && error.code === 'NoModel') return undefined;
          throw error;
        }
      },
      async close() {
        await Promise.allSettled([places.close(), http.close()]);
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** What is thrown to steps speaks of steps and of the offline engine. */
function saidPlainly(places: ModelPlaces): ModelPlaces {
  return {
    ...places,
    async at(wish) {
      try {
        return await places.at(wish);
      } catch (error) {
        if (!isSluiceError(error) || error.code !== 'NoModel') throw error;
        throw new SluiceError('invalid', 'NoModel', 'no model is set up', {
          cause: error,
          hint: 'set one up with sluice auth add, or with OPENAI_API_KEY or OPENAI_BASE_URL',
        });
      }
    },
  };
}

const noClusters: Pick<Clusters, 'kind' | 'names' | 'get' | 'close'> = {
  kind: 'memory',
  names: async () => [],
  get: () => Promise.reject(new Error('no cluster is looked into')),
  close: async () => undefined,
};
