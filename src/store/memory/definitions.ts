import type { StepTypeSource } from '../../step-types/step-type.ts';
import type { DefinitionStore, PackageStore } from '../port.ts';
import type { SharedMemory } from './shared-memory.ts';

/** Installed step types in memory, for tests and dry runs. */
export class MemoryDefinitions implements DefinitionStore {
  readonly #memory: SharedMemory;

  constructor(memory: SharedMemory) {
    this.#memory = memory;
  }

  async put(source: StepTypeSource): Promise<'created' | 'updated' | 'unchanged'> {
    const former = this.#memory.definitions.get(source.name);
    if (former?.text === source.text && former.format === source.format) return 'unchanged';
    this.#memory.definitions.set(source.name, { ...source, origin: 'installed' });
    return former === undefined ? 'created' : 'updated';
  }

  async list(): Promise<readonly StepTypeSource[]> {
    return [...this.#memory.definitions.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  async delete(name: string): Promise<boolean> {
    return this.#memory.definitions.delete(name);
  }

  readonly packages: PackageStore = {
    put: async (source) => {
      const former = this.#memory.packages.get(source.name);
      if (former?.text === source.text) return 'unchanged';
      this.#memory.packages.set(source.name, { ...source, origin: 'installed' });
      return former === undefined ? 'created' : 'updated';
    },
    list: async () => [...this.#memory.packages.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    delete: async (name) => this.#memory.packages.delete(name),
  };
}
