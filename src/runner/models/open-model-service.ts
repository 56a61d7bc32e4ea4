import { SluiceError } from '../../api/errors.ts';
import { noUse } from '../../api/model-use.ts';
import type { ModelService } from '../../llm/model-service.ts';

export function openModelService(): ModelService {
  const none = (): Promise<never> =>
    Promise.reject(new SluiceError('invalid', 'NoModel', 'no model is set up'));
  return {
    ask: none,
    describe: none,
    metered: async (_call, send) => ({ answer: await send(), use: noUse }),
  };
}
