import type { PromptPreview } from '../runner/models/prompt-preview.ts';
import type { InputFile, Session } from '../runner/session.ts';
import type { CommandContext, SessionFlags } from './command-context.ts';
import { readEvidence } from './given-evidence.ts';
import { readInputFile } from './input-files.ts';
import { trafficOf, trafficText } from './model-traffic.ts';
import { stateDirectory } from './state-directory.ts';
import { isInteractive } from './terminal/capabilities.ts';

export interface SessionWishes {
  readonly isQuiet?: boolean;
  /** Of a dry run: is told of each request to a model that is not sent. */
  readonly onPreview?: (preview: PromptPreview) => void;
}

/**
 * Opens the local engine, names the place in the first line on standard error, and closes the engine however `use` ends.
 * `isQuiet` leaves the line out.
 */
export async function withSession<Result>(
  context: CommandContext,
  flags: SessionFlags,
  use: (session: Session) => Promise<Result>,
  { isQuiet = false, onPreview = () => undefined }: SessionWishes = {},
): Promise<Result> {
  const { io, err } = context;
  const modelTraffic = trafficOf(flags, io, onPreview);
  const clusterFile = await readOptional(flags.clusterFile, context);
  const ca = await readOptional(flags.caFile, context);
  const givenEvidence = await readEvidence(flags.evidence ?? [], io);
  const session = await context.openSession({
    stateDir: stateDirectory(flags.stateDir, io),
    offline: flags.offline === true,
    env: io.env,
    now: () => io.now(),
    ...(flags.kubeconfig === undefined ? {} : { kubeconfig: flags.kubeconfig }),
    ...(flags.context === undefined ? {} : { context: flags.context }),
    ...(clusterFile === undefined ? {} : { clusterFile }),
    ...(ca === undefined ? {} : { ca: new TextDecoder().decode(ca.bytes) }),
    anonymize: flags.anonymize === true,
    givenEvidence,
    isInteractive: modelTraffic?.kind !== 'dry-run' && (flags.waitSuspended === true || isInteractive(io)),
    ...(modelTraffic === undefined ? {} : { modelTraffic }),
  });
  try {
    if (!isQuiet) io.stderr.write(`${err.dim(`local engine: ${session.place}`)}\n`);
    const traffic = trafficText(modelTraffic);
    if (traffic !== undefined) io.stderr.write(`${traffic}\n`);
    return await use(session);
  } finally {
    await session.close();
  }
}

async function readOptional(
  name: string | undefined,
  { io }: CommandContext,
): Promise<InputFile | undefined> {
  return name === undefined ? undefined : readInputFile(name, io);
}
