import type { Severity } from '../../analyze/finding.ts';
import { problemsSarif } from '../analyze/problems-sarif.ts';
import type { CommandContext } from '../command-context.ts';
import { withoutCommands } from '../render/github-annotation.ts';
import { objectText } from '../render/object-output.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import { auditJson } from './audit-json.ts';
import { auditJunit } from './audit-junit.ts';
import { auditMarkdown } from './audit-markdown.ts';
import { auditText } from './audit-text.ts';
import { gapLines, noteLines } from './notes.ts';
import type { AuditReport } from './report.ts';
import { summaryText } from './summary.ts';

export type OutputFormat = 'text' | 'json' | 'yaml' | 'sarif' | 'junit' | 'markdown';

/** Writes the report to standard output. What a format has no place for goes to standard error. */
export async function printAudit(
  report: AuditReport,
  { output, failOn }: { readonly output: OutputFormat; readonly failOn?: Severity },
  { io, out }: CommandContext,
): Promise<void> {
  const { audited } = report;
  switch (output) {
    case 'text':
      io.stdout.write(withoutCommands(auditText(report, out, io.stdout.size()?.columns), io));
      return;
    case 'json':
    case 'yaml':
      io.stdout.write(await objectText(auditJson(report), output));
      return;
    case 'markdown':
      io.stdout.write(auditMarkdown(report, io));
      return;
    case 'sarif':
      io.stdout.write(problemsSarif(audited.findings, audited.placeOf, 'audit', io));
      break;
    case 'junit':
      io.stdout.write(auditJunit(report, failOn));
      break;
  }
  for (const line of [...gapLines(report), ...noteLines(report), summaryText(report)])
    io.stderr.write(withoutCommands(`${cleanLine(line)}\n`, io));
}
