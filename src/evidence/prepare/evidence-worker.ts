import { parentPort } from 'node:worker_threads';
import { messageOf } from '../../api/errors.ts';
import { prepareEvidence } from './prepare-evidence.ts';
import type { EvidenceAnswer, EvidenceOrder } from './evidence-thread.ts';

parentPort?.on('message', ({ id, input }: EvidenceOrder) => {
  parentPort?.postMessage(
    answerTo(id, () => prepareEvidence(input)),
    [],
  );
});

function answerTo(id: number, prepare: () => ReturnType<typeof prepareEvidence>): EvidenceAnswer {
  try {
    return { id, prepared: prepare() };
  } catch (error) {
    return { id, fault: messageOf(error) };
  }
}
