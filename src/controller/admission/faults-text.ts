import type { Fault } from '../../api/fault.ts';

/** `spec.workflowSpec.steps[0].type: there is no step type "aply" (did you mean apply-object?)`. */
export function faultLine({ path, message, suggestion }: Fault): string {
  const hint =
    suggestion === undefined
      ? ''
      : ` (${/^\S+$/.test(suggestion) ? `did you mean ${suggestion}?` : suggestion})`;
  return oneLine(`${path === '' ? '' : `${path}: `}${message}${hint}`);
}

/** A status and an answer of the API server hold so many; `sluice vet` prints all. */
const shownLines = 50;

/** All faults of one object, a line each, under a line that counts them. `what` is `WorkflowRun demo`. */
export function refusalText(what: string, errors: readonly Fault[]): string {
  const [first] = errors;
  if (first !== undefined && errors.length === 1) return `${what} is refused: ${faultLine(first)}`;
  const lines = errors.slice(0, shownLines).map((fault) => `- ${faultLine(fault)}`);
  if (errors.length > shownLines) lines.push(`- and ${errors.length - shownLines} more`);
  return [`${what} is refused, it has ${errors.length} faults:`, ...lines].join('\n');
}

function oneLine(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\s\u0000-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]+/g, ' ').trim();
}
