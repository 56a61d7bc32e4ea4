import type { EvidenceAsker } from '../runner/ask/asker.ts';
import type { PromptPreview } from '../runner/models/prompt-preview.ts';
import type { CommandContext, SessionFlags } from './command-context.ts';
import { readInputFile } from './input-files.ts';
import { trafficOf, trafficText } from './model-traffic.ts';
import { stateDirectory } from './state-directory.ts';

export interface AskerWishes {
  /** The command that asks. */
  readonly name: string;
  /** Of a dry run: is told of each request to a model that is not sent. */
  readonly onPreview?: (preview: PromptPreview) => void;
}

/** Opens what asks models for one command, and closes it however `use` ends. Throws SluiceError as `openAsker` does. */
export async function withAsker<Result>(
  context: CommandContext,
  flags: SessionFlags,
  { name, onPreview = () => undefined }: AskerWishes,
  use: (asker: EvidenceAsker) => Promise<Result>,
): Promise<Result> {
  const { io } = context;
  const modelTraffic = trafficOf(flags, io, onPreview);
  const ca = flags.caFile === undefined ? undefined : await readInputFile(flags.caFile, io);
  const { openAsker } = await import('../runner/ask/open-asker.ts');
  const asker = await openAsker({
    stateDir: stateDirectory(flags.stateDir, io),
    name,
    env: io.env,
    now: () => io.now(),
    anonymize: flags.anonymize === true,
    ...(ca === undefined ? {} : { ca: new TextDecoder().decode(ca.bytes) }),
    ...(modelTraffic === undefined ? {} : { modelTraffic }),
  });
  try {
    const traffic = trafficText(modelTraffic);
    if (traffic !== undefined) io.stderr.write(`${traffic}\n`);
    return await use(asker);
  } finally {
    await asker.close();
  }
}
