import { execFile } from 'node:child_process';
import { parseImage } from '../../../analyze/image-reference.ts';
import { quoteText } from '../../../analyze/quote-text.ts';
import { readReport } from '../../../gate/reports/read-report.ts';
import type { ReportFinding } from '../../../gate/reports/report.ts';

export type ScannedImage =
  | { readonly ok: true; readonly findings: readonly ReportFinding[] }
  | { readonly ok: false; readonly because: string };

export interface Scanner {
  /** Absolute path of `trivy`. */
  readonly program: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
}

const largestReport = 16 * 1024 * 1024;

/** Has Trivy look for vulnerabilities in an image. Never throws for what Trivy does: what cannot be read was not checked. */
export async function scanImage(image: string, scanner: Scanner): Promise<ScannedImage> {
  const parsed = parseImage(image);
  if (parsed.kind === 'malformed') return failed(`it is no image name: ${parsed.reason}`);
  const ran = await run(image, scanner);
  if (!ran.ok) return ran;
  const read = readReport('trivy', ran.stdout, { exit: 0 });
  if (!read.ok) return failed(read.message);
  const { findings, checkedObjects } = read.report;
  return checkedObjects === 0
    ? failed('Trivy found no package in it that it could look at')
    : { ok: true, findings };
}

type Ran = { readonly ok: true; readonly stdout: string } | Extract<ScannedImage, { ok: false }>;

/** Without a shell; whatever the name of the image, it is no option. */
function run(image: string, { program, env, timeoutMs }: Scanner): Promise<Ran> {
  const words = ['image', '--format', 'json', '--quiet', '--scanners', 'vuln', '--', image];
  const limits = { timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: largestReport } as const;
  return new Promise((resolve) => {
    execFile(program, words, { ...limits, env }, (error, stdout, stderr) => {
      if (error === null) resolve({ ok: true, stdout });
      else resolve(failed(failureText(error, stderr, timeoutMs)));
    }).stdin?.end();
  });
}

function failureText(error: Error & { code?: unknown }, stderr: string, timeoutMs: number): string {
  if ((error as { killed?: boolean }).killed === true && error.code !== 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER')
    return `Trivy had not ended after ${Math.ceil(timeoutMs / 1000)} s`;
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return 'its report is larger than 16 MiB';
  const said = stderr.trim().split('\n').at(-1) ?? '';
  const code = typeof error.code === 'number' ? ` with ${error.code}` : '';
  return said === '' ? `Trivy ended${code} and said nothing` : `Trivy ended${code}: ${quoteText(said, 300)}`;
}

function failed(because: string): Extract<ScannedImage, { ok: false }> {
  return { ok: false, because };
}
