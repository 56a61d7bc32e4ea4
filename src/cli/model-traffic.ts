import { resolve } from 'node:path';
import { SluiceError } from '../api/errors.ts';
import type { TrafficWish } from '../runner/models/open-traffic.ts';
import type { PromptPreview } from '../runner/models/prompt-preview.ts';
import type { CliIo } from './io.ts';

/** What a user wants done with the requests to models. */
export interface TrafficFlags {
  readonly recordModel?: string;
  readonly replayModel?: string;
  readonly dryRunPrompt?: boolean;
}

export const trafficFlagNames: Readonly<Record<keyof TrafficFlags, string>> = {
  recordModel: '--record-model',
  replayModel: '--replay-model',
  dryRunPrompt: '--dry-run-prompt',
};

/** Throws SluiceError `invalid` for flags that contradict each other. */
export function trafficOf(
  { recordModel, replayModel, dryRunPrompt }: TrafficFlags,
  { cwd }: Pick<CliIo, 'cwd'>,
  onPreview: (preview: PromptPreview) => void,
): TrafficWish | undefined {
  const wishes: readonly TrafficWish[] = [
    ...(recordModel === undefined ? [] : [{ kind: 'record', file: resolve(cwd, recordModel) } as const]),
    ...(replayModel === undefined ? [] : [{ kind: 'replay', file: resolve(cwd, replayModel) } as const]),
    ...(dryRunPrompt === true ? [{ kind: 'dry-run', onPreview } as const] : []),
  ];
  if (wishes.length <= 1) return wishes[0];
  throw new SluiceError(
    'invalid',
    'ContradictingFlags',
    'only one of --record-model, --replay-model and --dry-run-prompt can be given',
  );
}

/** What is worth knowing before anything runs; undefined where requests are sent as ever. */
export function trafficText(wish: TrafficWish | undefined): string | undefined {
  if (wish === undefined) return undefined;
  if (wish.kind === 'dry-run') return 'dry run: nothing is sent to a model, and nothing is changed';
  return wish.kind === 'record'
    ? `models: requests and answers are written to ${wish.file}`
    : `models: answers come from ${wish.file}, and nothing is sent`;
}
