import type { KubeObject } from '../api/kube-object.ts';
import { embeddedJson } from './embedded-json.ts';
import { fencedEvidence } from './fenced-evidence.ts';
import { parseBounded } from './json-depth.ts';
import { kubeObjectsIn } from './kube-objects-in.ts';

export interface PromptParts {
  /** The prompt without the data: only this says what is asked, so that no annotation of an object can. */
  readonly instructions: string;
  readonly objects: readonly KubeObject[];
  /** `cut`: there were more objects than are looked at. `broken`: a part of the data could not be read. */
  readonly data: 'whole' | 'cut' | 'broken';
  /** What the prompt brings along of what rules found before, a text each. */
  readonly findings: readonly string[];
  /** The objects come without uids. */
  readonly isEvidence: boolean;
}

const objectLimit = 50;
/** Reading YAML costs far more than JSON; real manifests are smaller. */
const yamlLimitBytes = 128 * 1024;

/** Finds the Kubernetes objects in a prompt: between `---` lines as the chat-gpt step type writes it, in code fences, or as JSON in the text; or in the evidence of the op `llm`. */
export async function splitPrompt(prompt: string): Promise<PromptParts> {
  const evidence = fencedEvidence(prompt);
  if (evidence !== undefined) {
    const { instructions, objects, findings, isBroken } = evidence;
    return { ...partsOf(instructions, objects, isBroken), findings, isEvidence: true };
  }
  const block = delimited(prompt) ?? fenced(prompt);
  if (block === undefined) {
    const { values, rest, isBroken } = embeddedJson(prompt);
    return partsOf(rest, values, isBroken);
  }
  const { values, isBroken } = await readBlock(block.data);
  return partsOf(block.instructions, values, isBroken);
}

interface Block {
  readonly instructions: string;
  readonly data: string;
}

function partsOf(instructions: string, values: readonly unknown[], isBroken: boolean): PromptParts {
  const objects = values.flatMap((value) => kubeObjectsIn(value));
  const data = isBroken ? 'broken' : objects.length > objectLimit ? 'cut' : 'whole';
  return { instructions, objects: objects.slice(0, objectLimit), data, findings: [], isEvidence: false };
}

/** What stands between the first and the last line that is `---`; to the end where the last one separates YAML documents. */
function delimited(prompt: string): Block | undefined {
  const lines = prompt.split('\n');
  const first = lines.findIndex(isDelimiter);
  const last = lines.findLastIndex(isDelimiter);
  if (first < 0 || (first === last && !isData(lines.slice(first + 1)))) return undefined;
  const end = isData(lines.slice(last + 1)) ? lines.length : last;
  return {
    data: lines.slice(first + 1, end).join('\n'),
    instructions: [...lines.slice(0, first), ...lines.slice(end + 1)].join('\n'),
  };
}

function isDelimiter(line: string): boolean {
  return line.trim() === '---';
}

function isData(lines: readonly string[]): boolean {
  return lines.some((line) => /^(?:apiVersion:|kind:|\{|\[)/.test(line));
}

/** What stands in the first pair of lines of three backticks. */
function fenced(prompt: string): Block | undefined {
  const lines = prompt.split('\n');
  const first = lines.findIndex((line) => line.trimStart().startsWith('```'));
  const length = lines.slice(first + 1).findIndex((line) => line.trim() === '```');
  if (first < 0 || length < 0) return undefined;
  const end = first + 1 + length;
  return {
    data: lines.slice(first + 1, end).join('\n'),
    instructions: [...lines.slice(0, first), ...lines.slice(end + 1)].join('\n'),
  };
}

/** What was handed over with the run stands beside the object: it is for a model to read, and holds nothing to judge. */
function isGivenEvidence(part: string): boolean {
  return part
    .trim()
    .split('\n')
    .every((line) => /^(?:## |\| |\|$|\[\d+ of )/.test(line));
}

async function readBlock(
  text: string,
): Promise<{ readonly values: readonly unknown[]; readonly isBroken: boolean }> {
  const whole = parseBounded(text);
  if (whole !== undefined) return { values: [whole], isBroken: false };
  const documents = text
    .split(/^---[ \t\r]*$/m)
    .filter((part) => part.trim() !== '' && !isGivenEvidence(part))
    .map(parseBounded);
  if (documents.every((value) => value !== undefined)) return { values: documents, isBroken: false };
  if (Buffer.byteLength(text) > yamlLimitBytes) return { values: [], isBroken: true };
  const { readDocuments } = await import('../yaml/read-documents.ts');
  const read = readDocuments(text, 'prompt', { bytes: yamlLimitBytes, depth: 100, documents: 100 });
  const isBroken = read.faults.some((fault) => fault.severity === 'error');
  return { values: read.documents.map((document) => document.value), isBroken };
}
