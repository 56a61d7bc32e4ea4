// Records a real run on a terminal of its own and writes it as docs/assets/run.svg: node scripts/record-run.ts
// Needs the `script` command of util-linux for the terminal.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Screen } from './recording/screen.ts';
import { renderSvg, type Frame } from './recording/svg.ts';

const columns = 120;
export const recordedCommand = 'sluice run examples/chat-gpt-quality-gate.yaml --require apply-production';
/** At most one frame in so much time. */
const frameMs = 150;
const typedMs = 300;

if (import.meta.main) {
  const frames = await record(recordedCommand);
  mkdirSync(new URL('../docs/assets/', import.meta.url), { recursive: true });
  const file = new URL('../docs/assets/run.svg', import.meta.url);
  writeFileSync(file, renderSvg(frames, columns, `Recording of a terminal: ${recordedCommand}`));
}

/** The frames of one command, its prompt and its exit code included. */
async function record(command: string): Promise<readonly Frame[]> {
  const stateDir = mkdtempSync(join(tmpdir(), 'sluice-recording-'));
  const screen = new Screen(columns);
  screen.write(`\u001B[32m$\u001B[39m \u001B[1m${command}\u001B[22m\n`);
  // What was typed stands alone for a moment.
  const frames: Frame[] = [{ atMs: 0, rows: screen.rows() }];
  try {
    const begun = performance.now();
    const code = await onTerminal(command, stateDir, (text) => {
      screen.write(text);
      frames.push({ atMs: typedMs + performance.now() - begun, rows: screen.rows() });
    });
    screen.write(`\u001B[32m$\u001B[39m \u001B[1mecho $?\u001B[22m\n${code}\n`);
    frames.push({ atMs: typedMs + performance.now() - begun + 600, rows: screen.rows() });
  } finally {
    rmSync(stateDir, { recursive: true, force: true });
  }
  return distinct(frames);
}

async function onTerminal(
  command: string,
  stateDir: string,
  onOutput: (text: string) => void,
): Promise<number> {
  const real = command.replace('sluice', `'${process.execPath}' bin/sluice.js`);
  // The state directory comes by the environment, and no key of this machine's: what is shown is all that was typed.
  const {
    OPENAI_API_KEY: _key,
    OPENAI_BASE_URL: _url,
    CI: _ci,
    NO_COLOR: _plain,
    ...inherited
  } = process.env;
  const env = { ...inherited, SLUICE_STATE_DIR: stateDir, TERM: 'xterm-256color', LC_ALL: 'C.UTF-8' };
  const child = spawn('script', ['-qec', `stty cols ${columns} rows 40 -echo; exec ${real}`, '/dev/null'], {
    cwd: new URL('..', import.meta.url),
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (text: string) => onOutput(text.replaceAll(stateDir, '~/.local/state/sluice')));
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.on('error', reject);
  child.on('close', (code) => resolve(code ?? 1));
  return promise;
}

/** The last frame of each span of time, without those that show nothing new. */
function distinct(frames: readonly Frame[]): readonly Frame[] {
  const last = frames.filter((frame, index) => {
    const next = frames[index + 1];
    return next === undefined || spanOf(next) > spanOf(frame);
  });
  return last.filter(
    (frame, index) => index === 0 || JSON.stringify(frame.rows) !== JSON.stringify(last[index - 1]?.rows),
  );
}

function spanOf({ atMs }: Frame): number {
  return Math.floor(atMs / frameMs);
}
