import type { Command } from 'commander';

/** Who explains, in which words, and what is sent for it. */
export function withExplainOptions(command: Command): Command {
  return command
    .option('--language <language>', 'of what the model answers, such as German')
    .option('--anonymize', 'replace names of namespaces, workloads and nodes before anything goes to a model')
    .option('--server <name>', 'the server of models to ask, of those in: sluice auth list')
    .option('--model <name>', 'the model to ask it for')
    .option('--no-cache', 'ask anew, also what was asked before')
    .option('--ca-file <file>', 'certificates (PEM) to trust besides the usual ones');
}
