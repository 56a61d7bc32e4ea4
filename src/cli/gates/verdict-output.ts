import { stringifyJson } from '../../api/json.ts';
import { digestOf } from '../../gate/digest.ts';
import { verdictJunit } from '../../gate/export/junit-text.ts';
import { verdictSarif, type SarifPlace } from '../../gate/export/sarif-log.ts';
import { verificationSummary } from '../../gate/export/slsa.ts';
import { verdictMarkdown } from '../../gate/export/table.ts';
import { verdictJson } from '../../gate/export/verdict-json.ts';
import type { StoredVerdict } from '../../gate/verdict-store.ts';
import type { CommandContext } from '../command-context.ts';
import { withoutCommands } from '../render/github-annotation.ts';
import { objectText } from '../render/object-output.ts';
import { verdictView } from './verdict-view.ts';

export const verdictFormats = ['text', 'json', 'yaml', 'sarif', 'junit', 'markdown', 'slsa'] as const;
export type VerdictFormat = (typeof verdictFormats)[number];

/** A verdict as standard output holds it. `place`: where its gate is written, for SARIF. */
export async function verdictOutput(
  { id, verdict, run }: StoredVerdict,
  format: VerdictFormat,
  { io, out }: CommandContext,
  place?: SarifPlace,
): Promise<string> {
  switch (format) {
    case 'text': {
      const columns = Math.min(io.stdout.size()?.columns ?? 120, 140);
      return withoutCommands(verdictView(verdict, { style: out, columns, id }), io);
    }
    case 'json':
      return verdictJson(verdict);
    case 'yaml':
      return objectText({ digest: digestOf(verdict), verdict }, 'yaml');
    case 'sarif':
      return `${stringifyJson(verdictSarif(verdict, place ?? { uri: encodeURIComponent(run) }), 2)}\n`;
    case 'junit':
      return verdictJunit(verdict);
    case 'markdown':
      return verdictMarkdown(verdict);
    case 'slsa':
      return `${stringifyJson(verificationSummary(verdict), 2)}\n`;
  }
}
