import { randomBytes } from 'node:crypto';
import { openMapObjectStore } from '../../cluster/memory/map-object-store.ts';
import type { ObjectStore } from '../../cluster/memory/object-store.ts';
import type { VerdictStore } from '../../gate/verdict-store.ts';
import { openMemorySpendStore } from '../../llm/budget/memory-spend-store.ts';
import type { SpendStore } from '../../llm/budget/spend-store.ts';
import type { AnswerStore } from '../../llm/cache/answer-store.ts';
import { openMemoryCacheStore } from '../../llm/cache/memory-cache-store.ts';
import type { PackageSource } from '../../step-types/packages/package-source.ts';
import type { StepTypeSource } from '../../step-types/step-type.ts';
import { openMemoryVerdictStore } from './verdicts.ts';
import type { LogRecord, RunSummary, StoredCommand, StoredRun } from '../port.ts';

/** A run as the memory holds it. */
export interface HeldRun {
  run: StoredRun;
  progress: RunSummary['progress'];
  owner: symbol | undefined;
  logs: readonly LogRecord[];
  /** Bytes counted against the limits, by step. */
  logSizes: ReadonlyMap<string, number>;
  readonly commands: StoredCommand[];
  /** The group that it asked to be let into. */
  group?: { readonly name: string; readonly seq: number; hasBegun: boolean };
}

/** What several memory stores may share, as several processes share a state directory. */
export interface SharedMemory {
  /** In the order of creation. */
  readonly runs: Map<string, HeldRun>;
  /** Ids by namespace and name. */
  readonly ids: Map<string, string>;
  readonly definitions: Map<string, StepTypeSource>;
  readonly packages: Map<string, PackageSource>;
  readonly objects: ObjectStore;
  readonly verdicts: VerdictStore;
  readonly spending: SpendStore;
  readonly answers: AnswerStore;
  readonly installationKey: string;
  /** One for each store that is open. */
  readonly owners: Set<symbol>;
  readonly listeners: Set<() => void>;
  lastSeq: number;
  lastGroupSeq: number;
}

export function createSharedMemory(): SharedMemory {
  return {
    runs: new Map(),
    ids: new Map(),
    definitions: new Map(),
    packages: new Map(),
    objects: openMapObjectStore(),
    verdicts: openMemoryVerdictStore(1000),
    spending: openMemorySpendStore(),
    answers: openMemoryCacheStore(1000),
    installationKey: randomBytes(32).toString('hex'),
    owners: new Set(),
    listeners: new Set(),
    lastSeq: 0,
    lastGroupSeq: 0,
  };
}
