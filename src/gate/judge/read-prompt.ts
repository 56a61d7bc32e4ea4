/** A question of a judge's prompt, as whoever answers it sees it. */
export interface AskedJudge {
  readonly nonce: string;
  readonly questions: readonly {
    readonly id: string;
    readonly question: string;
    /** Ids of the items that it is about. */
    readonly about: readonly string[];
  }[];
  readonly items: ReadonlyMap<string, ShownEvidence>;
}

export interface ShownEvidence {
  readonly kind: string;
  readonly ref: string;
  readonly text: string;
}

/**
 * The parts of a prompt that `buildJudgePrompt` made, from its bytes alone; undefined for any other text. For an engine that
 * answers without a model.
 */
export function readJudgePrompt(text: string): AskedJudge | undefined {
  const fenced = /^BEGIN EVIDENCE ([A-Za-z0-9]{16,64})\n(".*")\nEND EVIDENCE \1$/m.exec(text);
  const [, nonce, json] = fenced ?? [];
  if (fenced === null || nonce === undefined || json === undefined || !text.startsWith('Questions:\n'))
    return undefined;
  const lines = text.slice('Questions:\n'.length, fenced.index).split('\n\n')[0]?.split('\n') ?? [];
  const questions = lines.map(readQuestion);
  const evidence = parseText(json);
  if (evidence === undefined || !questions.every((each) => each !== undefined)) return undefined;
  return { nonce, questions, items: readItems(evidence) };
}

function readQuestion(line: string): AskedJudge['questions'][number] | undefined {
  const [, id, json, about] = /^(q\d{1,4}): (".*") \[([e\d, ]*)\]$/.exec(line) ?? [];
  const question = json === undefined ? undefined : parseText(json);
  if (id === undefined || question === undefined || about === undefined) return undefined;
  return { id, question, about: about.split(', ') };
}

function readItems(evidence: string): ReadonlyMap<string, ShownEvidence> {
  const items = new Map<string, ShownEvidence>();
  for (const block of evidence.split(/^## (?=e\d)/m)) {
    const [head = '', ...lines] = block.split('\n');
    const [, id, kind, ref] = /^(e\d{1,4}) (\S+) (.*)$/.exec(head) ?? [];
    if (id === undefined || kind === undefined || ref === undefined) continue;
    const text = lines.flatMap((line) => (line.startsWith('| ') ? [line.slice(2)] : [])).join('\n');
    items.set(id, { kind, ref, text });
  }
  return items;
}

function parseText(json: string): string | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
