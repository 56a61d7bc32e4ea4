import type { ObjectStore } from '../../cluster/memory/object-store.ts';
import type { VerdictStore } from '../../gate/verdict-store.ts';
import type { SpendStore } from '../../llm/budget/spend-store.ts';
import type { AnswerStore } from '../../llm/cache/answer-store.ts';
import { defaultLogLimits } from '../log-room.ts';
import type { LogLimits } from '../log-room.ts';
import type { DefinitionStore, RunStore } from '../port.ts';
import { MemoryDefinitions } from './definitions.ts';
import { MemoryRuns } from './runs.ts';
import { createSharedMemory } from './shared-memory.ts';
import type { SharedMemory } from './shared-memory.ts';

export interface MemoryStoreOptions {
  /** Shared with other stores, each as if in a process of its own; by default a memory of its own. */
  readonly memory?: SharedMemory;
  readonly logLimits?: LogLimits;
}

export interface MemoryStore {
  readonly runs: RunStore;
  readonly definitions: DefinitionStore;
  readonly objects: ObjectStore;
  readonly verdicts: VerdictStore;
  readonly spending: SpendStore;
  readonly answers: AnswerStore;
  /** 64 hex digits, as long as the memory lives. */
  installationKey(): Promise<string>;
  close(): Promise<void>;
}

/** A store that is gone with the process: for tests and dry runs. */
export function openMemoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  const memory = options.memory ?? createSharedMemory();
  const runs = new MemoryRuns(memory, options.logLimits ?? defaultLogLimits);
  return {
    runs,
    definitions: new MemoryDefinitions(memory),
    objects: memory.objects,
    verdicts: memory.verdicts,
    spending: memory.spending,
    answers: memory.answers,
    installationKey: async () => memory.installationKey,
    close: () => runs.close(),
  };
}
