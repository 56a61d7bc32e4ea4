import type { CueEngine } from '../cue/engine.ts';

/** What step types need of CUE: to compile templates, and to evaluate a `valueFrom` over the outputs of a YAML step type. */
export type CueCompiler = Pick<CueEngine, 'compile' | 'describePackage' | 'readDefinitionFile' | 'evaluate'>;

/** The engine as step types see it; nothing is started before the first call. */
export function openCueCompiler(engine: CueEngine): CueCompiler {
  return engine;
}
