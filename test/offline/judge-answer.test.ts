import { describe, expect, test } from 'vitest';
import { auditRules } from '../../src/analyze/audit.ts';
import { fenceEvidence, fenceNotice } from '../../src/evidence/fence.ts';
import { canonicalJson } from '../../src/evidence/canonical-json.ts';
import type { Json } from '../../src/api/json.ts';
import { anchorTopics } from '../../src/gate/judge/anchors/anchor-pool.ts';
import { anchorIds } from '../../src/gate/judge/anchors/pick-anchors.ts';
import { buildJudgePrompt, type JudgedItem } from '../../src/gate/judge/judge-prompt.ts';
import { fold, isQuoted } from '../../src/gate/judge/find-quote.ts';
import { readAnswer, type Answer } from '../../src/gate/judge/read-answer.ts';
import { ruleQuestionOf } from '../../src/offline/rule-questions.ts';
import { bareDeployment, soundDeployment } from '../analyze/kube-fixtures.ts';
import { criterion } from '../gate/judge-fixtures.ts';
import { post, startEngine } from './chat-client.ts';

const nonce = 'abcdefabcdefabcdefabcdef';

function itemOf(object: object, rest: Partial<JudgedItem> = {}): JudgedItem {
  const text = canonicalJson(object as unknown as Json);
  return { kind: 'object', ref: 'Deployment default/site', text, truncated: false, ...rest };
}

interface Judged {
  /** By id of criterion or anchor. */
  readonly answers: ReadonlyMap<string, Answer>;
  readonly explanation: readonly string[];
}

/** Asks the engine over HTTP as an ai-gate does. */
async function judge(questions: readonly string[], items: readonly JudgedItem[], seed = 3): Promise<Judged> {
  const criteria = questions.map((question, index) => criterion(`c${index}`, { question }));
  const prompt = buildJudgePrompt(
    { criteria, items, nonce, seed, withAnchors: true },
    { notice: fenceNotice, wrap: fenceEvidence },
  );
  const engine = await startEngine();
  const { content, body } = await post(
    engine,
    JSON.stringify({
      model: 'sluice-offline',
      messages: prompt.messages,
      response_format: { type: 'json_object' },
    }),
  );
  const read = readAnswer(content, prompt.asked);
  if (read.kind !== 'answers') throw new Error(read.problem);
  const { explanation } = body['sluice'] as unknown as { readonly explanation: readonly string[] };
  return { answers: new Map(prompt.translate(read.answers).map((each) => [each.id, each])), explanation };
}

describe('the questions of an ai-gate', () => {
  test('anchors are answered by the rules, whatever pair is shown', async () => {
    for (let seed = 0; seed < 24; seed += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one engine after the other
      const { answers } = await judge(['Is it small?'], [itemOf(soundDeployment())], seed);
      for (const { id, expects } of anchorIds)
        expect([seed, answers.get(id)?.answer]).toEqual([seed, expects]);
    }
  });

  const memory = 'Does every container set a memory limit?';
  test.each<readonly [string, string, readonly JudgedItem[], Answer['answer']]>([
    ['a rule finds nothing', memory, [itemOf(soundDeployment())], 'yes'],
    ['a rule finds something', memory, [itemOf(bareDeployment('nginx'))], 'no'],
    [
      'in one of several objects',
      memory,
      [itemOf(soundDeployment()), itemOf(bareDeployment('nginx'), { ref: 'Deployment default/other' })],
      'no',
    ],
    [
      'a statement of a policy',
      'Does this hold: Every container sets a memory limit.',
      [itemOf(soundDeployment())],
      'yes',
    ],
    [
      'a question that no rule answers',
      'Is the rollout plan sensible?',
      [itemOf(soundDeployment())],
      'unknown',
    ],
    [
      'the words of a rule in another question',
      'Is it wrong that every container sets a memory limit?',
      [itemOf(soundDeployment())],
      'unknown',
    ],
    [
      'an object that was cut',
      memory,
      [
        itemOf(soundDeployment(), {
          text: canonicalJson(soundDeployment() as unknown as Json).slice(0, 300),
        }),
      ],
      'unknown',
    ],
    [
      'nothing with containers',
      memory,
      [{ kind: 'log', ref: 'log of web', text: 'all well', truncated: false }],
      'unknown',
    ],
    [
      'an image whose name is masked',
      'Does every image have a tag other than latest, or a digest?',
      [itemOf(bareDeployment('<host:0123456789ab>/web:1.2'))],
      'unknown',
    ],
  ])('%s', async (_name, question, items, expected) => {
    const { answers, explanation } = await judge([question], items);
    const answer = answers.get('c0');
    expect(answer?.answer).toBe(expected);
    if (expected !== 'unknown') {
      const text = items.find(({ ref }) => ref === answer?.evidence)?.text ?? '';
      expect([answer?.quote, isQuoted(answer?.quote ?? '', fold(text))]).toEqual([answer?.quote, true]);
    }
    expect(explanation).toHaveLength(3);
    expect(explanation.find((line) => line.includes(JSON.stringify(question)))).toContain(`: ${expected}, `);
  });

  test('says which questions it cannot judge', async () => {
    const { explanation } = await judge(['Is the plan sensible?'], [itemOf(soundDeployment())]);
    expect(explanation.find((line) => line.includes('plan'))).toMatch(
      /^q\d "Is the plan sensible\?": unknown, no audit rule answers this question$/,
    );
  });
});

test('each rule that answers a question is one that there is, and anchors ask only such questions', () => {
  const ids = new Set(auditRules.map(({ id }) => id));
  for (const { question } of anchorTopics) {
    const known = ruleQuestionOf(question);
    expect([question, known?.rules.every((id) => ids.has(id))]).toEqual([question, true]);
    expect((known?.openBy ?? []).filter((id) => !ids.has(id))).toEqual([]);
  }
});
