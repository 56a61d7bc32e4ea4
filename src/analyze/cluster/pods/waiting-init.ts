import type { JsonObject } from '../../../api/json.ts';
import { numberAt, objectsAt, textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { Problem } from '../analyzer.ts';
import type { Look } from '../look.ts';
import { rolloutMs, sinceMs } from '../rollout-grace.ts';

/** An init container that runs on and on holds back all that come after it; one that restarts is told of as such. */
export function waitingInit(look: Look): readonly Problem[] {
  if (textAt(look.object, 'status', 'phase') !== 'Pending') return [];
  return objectsAt(look.object, 'status', 'initContainerStatuses')
    .filter((status) => isRunningOn(look, status))
    .map((status) => {
      const name = quoteText(textAt(status, 'name'), 63);
      return {
        id: 'InitContainerRunning',
        severity: 'medium',
        container: name,
        fieldPath: `spec.initContainers{${name}}`,
        text: `Init container ${name} runs on, and the containers after it wait for it.`,
        fix: 'Read its log, and see whether what it waits for is there.',
      };
    });
}

function isRunningOn(look: Look, status: JsonObject): boolean {
  const startedAt = textAt(status, 'state', 'running', 'startedAt');
  if (startedAt === '' || (numberAt(status, 'restartCount') ?? 0) > 0) return false;
  return sinceMs(look, startedAt) >= rolloutMs && !isSidecar(look, textAt(status, 'name'));
}

function isSidecar(look: Look, name: string): boolean {
  return objectsAt(look.object, 'spec', 'initContainers').some(
    (each) => textAt(each, 'name') === name && textAt(each, 'restartPolicy') === 'Always',
  );
}
