import type { Severity } from '../../analyze/finding.ts';
import type { CommandContext } from '../command-context.ts';
import { withoutCommands } from '../render/github-annotation.ts';
import { objectText } from '../render/object-output.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import { acceptedLines } from './accepted-text.ts';
import { analysisJson } from './analysis-json.ts';
import { analysisJunit } from './analysis-junit.ts';
import { analysisMarkdown } from './analysis-markdown.ts';
import { analysisText } from './analysis-text.ts';
import { k8sgptOutput } from './k8sgpt-output.ts';
import { problemsSarif } from './problems-sarif.ts';
import type { AnalysisReport } from './report.ts';

export type OutputFormat = 'text' | 'json' | 'yaml' | 'sarif' | 'junit' | 'markdown' | 'k8sgpt';

/** Writes the report to standard output. What a format has no place for goes to standard error. */
export async function printReport(
  report: AnalysisReport,
  { output, failOn }: { readonly output: OutputFormat; readonly failOn?: Severity },
  { io, out }: CommandContext,
): Promise<void> {
  const write = (text: string): void => io.stdout.write(text);
  switch (output) {
    case 'text':
      write(withoutCommands(analysisText(report, out, io.stdout.size()?.columns), io));
      return;
    case 'json':
    case 'yaml':
      write(await objectText(analysisJson(report), output));
      return;
    case 'markdown':
      write(analysisMarkdown(report, io));
      return;
    case 'sarif':
      write(problemsSarif(report.analysis.findings, report.placeOf, 'analyze', io));
      break;
    case 'junit':
      write(analysisJunit(report.analysis, failOn));
      break;
    case 'k8sgpt':
      write(await objectText(k8sgptOutput(report.analysis, report), 'json'));
      break;
  }
  for (const line of acceptedLines(report)) io.stderr.write(withoutCommands(`${cleanLine(line)}\n`, io));
}
