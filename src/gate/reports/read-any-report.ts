import { readReport, reportFormats, type ReadReport, type ReportFormat } from './read-report.ts';
import type { ToolRun } from './report.ts';

/** Reads a report whose format nobody said: it must be readable as exactly one. */
export function readAnyReport(format: ReportFormat | undefined, text: string, run: ToolRun): ReadReport {
  if (format !== undefined) return readReport(format, text, run);
  const readable = reportFormats.flatMap((each) => {
    const read = readReport(each, text, run);
    return read.ok ? [{ format: each, read }] : [];
  });
  const [only, ...others] = readable;
  if (only === undefined)
    return { ok: false, message: `it is a report of none of the formats ${reportFormats.join(', ')}` };
  if (others.length === 0) return only.read;
  const names = readable.map((each) => each.format).join(' and ');
  return { ok: false, message: `it can be read as ${names}: say by \`format\` which it is` };
}
