import { assembleSession, type AssembleOptions } from '../../src/runner/assemble-session.ts';
import type { InputFile, RunRequest, RunResult, Session } from '../../src/runner/session.ts';
import type { LogRecord } from '../../src/store/port.ts';
import { openMemoryStore } from '../../src/store/memory/open.ts';

/** A session with everything real but the store, which is gone with it. */
export function openTestSession(options: Partial<AssembleOptions> = {}): Promise<Session> {
  return assembleSession(
    { offline: false, env: {}, now: Date.now, ...options },
    openMemoryStore(),
    'no state',
  );
}

export function fileOf(name: string, content: string | Uint8Array): InputFile {
  return { name, bytes: typeof content === 'string' ? new TextEncoder().encode(content) : content };
}

/** A request with nothing asked for beside the files. */
export function requestFor(files: readonly InputFile[], request: Partial<RunRequest> = {}): RunRequest {
  return {
    files,
    definitions: [],
    require: [],
    timeoutMs: undefined,
    context: [],
    strict: false,
    ...request,
  };
}

export interface Executed extends RunResult {
  readonly logs: readonly LogRecord[];
  readonly notices: readonly string[];
}

/** Checks and runs the only WorkflowRun of the files; throws the faults of files that are refused. */
export async function execute(
  session: Session,
  files: readonly InputFile[],
  request: Partial<RunRequest> = {},
): Promise<Executed> {
  const prepared = await session.prepare(requestFor(files, request));
  const [run] = prepared.runs;
  if (run === undefined) throw new Error(`refused: ${JSON.stringify(prepared.faults, null, 2)}`);
  const logs: LogRecord[] = [];
  const notices: string[] = [];
  const result = await session.execute(
    run,
    { onView: () => undefined, onLog: (record) => logs.push(record), onNotice: (text) => notices.push(text) },
    { leaveWhenSuspended: false, signal: new AbortController().signal },
  );
  return { ...result, logs, notices };
}
