import { auditObject } from '../analyze/audit.ts';
import type { Finding } from '../analyze/finding.ts';
import { workloadOf, type Workload } from '../analyze/pod-template.ts';
import type { Answer as JudgeAnswer } from '../gate/judge/read-answer.ts';
import type { AskedJudge, ShownEvidence } from '../gate/judge/read-prompt.ts';
import { parseBounded } from './json-depth.ts';
import { kubeObjectsIn } from './kube-objects-in.ts';
import { ruleQuestionOf, type RuleQuestion } from './rule-questions.ts';

/** Stands for a value that was masked before it came here. */
const masked = /<[a-z-]{2,12}:[0-9a-f]{6,24}>/;

interface Seen {
  readonly id: string;
  readonly text: string;
  readonly workload: Workload;
  readonly findings: readonly Finding[];
}

export interface JudgeReply {
  readonly content: string;
  /** Why each question got its answer, a line each. */
  readonly explanation: readonly string[];
}

/**
 * Answers the questions of a gate by the audit rules over the objects that each question is about. What no rule decides is
 * `unknown`, so a gate that asks it stays shut. It does not know which questions are anchors.
 */
export function answerJudge({ nonce, questions, items }: AskedJudge): JudgeReply {
  const explanation: string[] = [];
  const answers = questions.map(({ id, question, about }): JudgeAnswer => {
    const shown = about.flatMap((each) => {
      const item = items.get(each);
      return item === undefined ? [] : [{ id: each, item }];
    });
    const { why, ...answer } = answerOne(ruleQuestionOf(question), shown);
    explanation.push(`${id} ${JSON.stringify(question)}: ${answer.answer}, ${why}`);
    return { id, ...answer };
  });
  return { content: JSON.stringify({ nonce, answers }), explanation };
}

type Reasoned = Omit<JudgeAnswer, 'id'> & { readonly why: string };

function answerOne(
  asked: RuleQuestion | undefined,
  shown: readonly { readonly id: string; readonly item: ShownEvidence }[],
): Reasoned {
  if (asked === undefined) return unknown('no audit rule answers this question');
  const seen: Seen[] = [];
  for (const { id, item } of shown) {
    const objects = objectsOf(item);
    if (objects === undefined) return unknown(`${id} cannot be read as a whole object`);
    for (const object of objects) {
      const [workload, audit] = [workloadOf(object), auditObject(object)];
      if (workload === undefined || audit.kind !== 'audited') continue;
      seen.push({ id, text: item.text, workload, findings: audit.findings });
    }
  }
  const wrong = seen.find(({ findings }) => findings.some(({ id }) => asked.rules.includes(id)));
  if (wrong !== undefined) return no(asked, wrong);
  const [first] = seen;
  if (first === undefined) return unknown('there is no object with containers to look at');
  const open = seen.map((each) => openReason(asked, each)).find((why) => why !== undefined);
  if (open !== undefined) return unknown(open);
  return {
    answer: 'yes',
    ...quoteOf(first, asked.field, undefined),
    why: `${asked.rules.join(' and ')} found nothing`,
  };
}

/** The objects of an item; none where it is no object, undefined where it should be one and cannot be read. */
function objectsOf({ kind, text }: ShownEvidence): ReturnType<typeof kubeObjectsIn> | undefined {
  const value = parseBounded(text);
  if (value !== undefined) return kubeObjectsIn(value);
  return kind === 'object' ? undefined : [];
}

/** Why the rules cannot say yes of an object in which they found nothing. */
function openReason(asked: RuleQuestion, { text, workload, findings }: Seen): string | undefined {
  const left = findings.find(({ id }) => asked.openBy?.includes(id) === true);
  if (left !== undefined) return `${left.id}: the object does not tell`;
  if (asked.appOnly === true && workload.containers.some(({ role }) => role !== 'app'))
    return 'the rule looks at app containers alone, and there are others';
  if (asked.longRunning === true && !workload.longRunning)
    return 'the rule holds for what runs until it is stopped';
  if (asked.field === 'image' && text.split('\n').some((line) => masked.test(line) && /"image":/.test(line)))
    return 'the name of an image is masked';
  return undefined;
}

function no(asked: RuleQuestion, seen: Seen): Reasoned {
  const finding = seen.findings.find(({ id }) => asked.rules.includes(id));
  return {
    answer: 'no',
    ...quoteOf(seen, asked.field, finding?.container),
    why: `${finding?.id ?? ''}: ${finding?.text ?? ''}`,
  };
}

/** A line that shows it; where the field is missing, one of what lacks it. */
function quoteOf(
  { id, text, workload }: Seen,
  field: string,
  container: string | undefined,
): Pick<JudgeAnswer, 'quote' | 'evidence'> {
  const lines = text.split('\n').map((line) => line.trim().replace(/,$/, ''));
  const named = workload.containers.find(({ name }) => container === undefined || name === container)?.name;
  const quote =
    lines.find((line) => line.startsWith(`"${field}":`)) ??
    lines.find((line) => line === `"name": ${JSON.stringify(named ?? '')}`) ??
    lines.find((line) => line.startsWith('"image":')) ??
    '';
  return { quote, evidence: id };
}

function unknown(why: string): Reasoned {
  return { answer: 'unknown', quote: '', evidence: '', why };
}
