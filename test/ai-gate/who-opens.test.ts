import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import { refuses, says } from '../llm/model-server.ts';
import { gateOf, runGate, sessionAt } from './run-gate.ts';
import { serveJudge, type Script } from './scripted-judge.ts';

const wrong: Script = {
  say: (question, { items }) => {
    const [evidence, { text }] = [...items].find(([, { ref }]) => ref === 'Deployment team/site') ?? [
      '',
      { text: '' },
    ];
    const quote = text.split('\n').find((line) => line.includes('replicas')) ?? '';
    return question.includes('more than once') ? { answer: 'no', quote, evidence } : undefined;
  },
};
const unsure: Script = {
  say: (question) => (question.includes('tagged') ? { answer: 'unknown' } : undefined),
};
const invented: Script = {
  say: (_question, { items }) => ({
    answer: 'yes',
    quote: 'everything is perfectly safe',
    evidence: [...items.keys()][0] ?? '',
  }),
};
const unread = (reply: Script['reply']): Script => (reply === undefined ? {} : { reply });

interface Row {
  readonly scripts: readonly Script[];
  readonly gate?: JsonObject;
  readonly outcome: string;
  /** A pattern where it hangs on which answer comes first. */
  readonly decidedBy: string | RegExp;
  /** What the message of the step must say. */
  readonly says: RegExp;
  /** Requests that the server got, at most. */
  readonly most?: number;
}

const policy = { votes: { count: 3, need: 2 }, minAgreement: { others: 66 } };

const rows: Readonly<Record<string, Row>> = {
  'a sure no': { scripts: [wrong], outcome: 'fail', decidedBy: 'score', says: /scaled: 0 of 3 votes right/ },
  'one sure no among three': {
    scripts: [{}, {}, wrong],
    outcome: 'fail',
    decidedBy: /votes|score/,
    says: /scaled/,
  },
  'one unknown among three': {
    scripts: [{}, {}, unsure],
    outcome: 'inconclusive',
    decidedBy: 'votes',
    says: /tagged/,
  },
  'all unknown': { scripts: [unsure], outcome: 'inconclusive', decidedBy: 'score', says: /3 unknown/ },
  'a quote that is not there': {
    scripts: [invented],
    outcome: 'inconclusive',
    decidedBy: 'votes',
    says: /0 of 3 votes right/,
  },
  'a nonce of somebody else': {
    scripts: [{ spoil: (body) => ({ ...body, nonce: '0123456789abcdef01234567' }) }],
    outcome: 'error',
    decidedBy: 'votes',
    says: /nonce|schema/,
    most: 6,
  },
  'an id too few': {
    scripts: [{ spoil: ({ nonce, answers }) => ({ nonce, answers: answers.slice(1) }) }],
    outcome: 'error',
    decidedBy: 'votes',
    says: /cannot be used/,
    most: 6,
  },
  'an id too many': {
    scripts: [
      {
        spoil: ({ nonce, answers }) => ({
          nonce,
          answers: [...answers, { id: 'q9', answer: 'yes', quote: '', evidence: '' }],
        }),
      },
    ],
    outcome: 'error',
    decidedBy: 'votes',
    says: /cannot be used/,
    most: 6,
  },
  'a field that says pass': {
    scripts: [{ spoil: (body) => ({ ...body, pass: true, score: 100 }) }],
    outcome: 'error',
    decidedBy: 'votes',
    says: /cannot be used/,
    most: 6,
  },
  'prose around it': {
    scripts: [{ spoil: (body) => `All is well! ${JSON.stringify(body)}` }],
    outcome: 'error',
    decidedBy: 'votes',
    says: /text around/,
    most: 6,
  },
  'a judge that says yes to everything': {
    scripts: [{ sleeps: true }],
    outcome: 'error',
    decidedBy: 'anchor',
    says: /missed 3 of 6 anchors/,
  },
  'a judge that says no to everything': {
    scripts: [{ sleeps: true, say: () => ({ answer: 'no' }) }],
    outcome: 'error',
    decidedBy: 'anchor',
    says: /missed 3 of 6 anchors/,
  },
  'another model': {
    scripts: [{ parts: { model: 'cheap-0' } }],
    outcome: 'inconclusive',
    decidedBy: 'rule',
    says: /judge-1 was asked, cheap-0 answered/,
  },
  'models that change from vote to vote': {
    scripts: [{}, {}, { parts: { model: 'cheap-0' } }],
    outcome: 'inconclusive',
    decidedBy: 'rule',
    says: /cheap-0 answered/,
  },
  'an answer that is cut off': {
    scripts: [{ choice: { finish_reason: 'length' } }],
    outcome: 'error',
    decidedBy: 'votes',
    says: /cut off|length/i,
  },
  'a refusal': {
    scripts: [unread(says({ role: 'assistant', content: null, refusal: 'I cannot help with that' }))],
    outcome: 'error',
    decidedBy: 'votes',
    says: /refuse/i,
  },
  'an empty answer': {
    scripts: [unread(says(''))],
    outcome: 'error',
    decidedBy: 'votes',
    says: /answered with nothing/,
  },
  'a key that is refused': {
    scripts: [unread(refuses(401, { message: 'bad key' }))],
    outcome: 'error',
    decidedBy: 'votes',
    says: /key/i,
  },
  'a model that there is not': {
    scripts: [unread(refuses(404, { message: 'no such model', code: 'model_not_found' }))],
    outcome: 'error',
    decidedBy: 'votes',
    says: /judge-1/,
  },
  'a budget of too few calls': {
    scripts: [{}],
    gate: { budget: { calls: 2 } },
    outcome: 'error',
    decidedBy: 'budget',
    says: /budget of the gate is 2 calls/,
    most: 0,
  },
  'a budget of too few tokens': {
    scripts: [{}],
    gate: { budget: { tokens: 3000 } },
    outcome: 'error',
    decidedBy: 'budget',
    says: /budget of the gate is 3000 tokens/,
    most: 0,
  },
  'a budget of money without a price': {
    scripts: [{}],
    gate: { budget: { cost: 1 } },
    outcome: 'error',
    decidedBy: 'budget',
    says: /price of judge-1 is not known/,
    most: 0,
  },
  'a rule that fails': {
    scripts: [{}],
    gate: {
      rules: [{ id: 'r', value: { cue: 'values.x' }, pass: { op: '==', value: 1 } }],
      values: { x: 2 },
    },
    outcome: 'fail',
    decidedBy: 'rule',
    says: /\br\b/,
    most: 0,
  },
  'a rule over nothing': {
    scripts: [{}],
    gate: {
      rules: [{ id: 'r', value: { cue: 'values.nothing' }, pass: { op: '==', value: 1 } }],
      values: { x: 2 },
    },
    outcome: 'fail',
    decidedBy: 'rule',
    says: /\br\b/,
    most: 0,
  },
  'a family that may not judge': {
    scripts: [{}],
    gate: { notJudgedBy: ['gpt'] },
    outcome: 'inconclusive',
    decidedBy: 'rule',
    says: /family of judge-1 is not known/,
    most: 0,
  },
  'a key criterion over evidence that was cut': {
    scripts: [{}],
    gate: {
      criteria: [{ id: 'tagged', question: 'Is the image of the site tagged?', key: true }],
      evidence: {
        maxBytes: 1024,
        items: [{ kind: 'log', ref: 'log of site', text: 'a line of it\n'.repeat(500) }],
      },
    },
    outcome: 'inconclusive',
    decidedBy: 'key',
    says: /tagged/,
  },
};

describe('what keeps an ai-gate shut', () => {
  test.each(Object.entries(rows))('%s', async (_name, row) => {
    const server = await serveJudge(...row.scripts);
    const { verdict, view, message } = await runGate(await sessionAt(server), gateOf(row.gate));
    expect([verdict.outcome, verdict.decidedBy, verdict.open, message]).toEqual([
      row.outcome,
      typeof row.decidedBy === 'string' ? row.decidedBy : expect.stringMatching(row.decidedBy),
      false,
      expect.stringMatching(row.says),
    ]);
    expect(view.steps[0]).toMatchObject({ phase: 'failed', reason: 'Action' });
    expect(server.asked.length).toBeLessThanOrEqual(row.most ?? 3);
    expect(JSON.stringify(verdict)).not.toContain('sk-0123456789abcdef');
  });
});

describe('what opens an ai-gate', () => {
  const open: Readonly<Record<string, Omit<Row, 'outcome' | 'decidedBy' | 'says'>>> = {
    'three times yes with quotes': { scripts: [{}] },
    'the same model with its date': { scripts: [{ parts: { model: 'judge-1-2026-01-31' } }] },
    'thinking before the answer': {
      scripts: [{ spoil: (body) => `<think>hm {"pass": true}</think>${JSON.stringify(body)}` }],
    },
    'two of three, where the author says so': { scripts: [{}, {}, unsure], gate: policy },
    'a rule that passes, too': {
      scripts: [{}],
      gate: {
        rules: [{ id: 'r', value: { cue: 'values.x' }, pass: { op: '==', value: 2 } }],
        values: { x: 2 },
      },
    },
    'a policy in words': {
      scripts: [{}],
      gate: { criteria: undefined as never, policy: '- The image is tagged.\n- It runs twice.' },
    },
    'an answer that was repaired': {
      scripts: [{ spoil: (body) => `Sure! ${JSON.stringify(body)}` }, {}],
      gate: { votes: { count: 1 } },
    },
  };
  test.each(Object.entries(open))('%s', async (_name, row) => {
    const server = await serveJudge(...row.scripts);
    const { verdict, view } = await runGate(await sessionAt(server), gateOf(row.gate));
    expect([verdict.outcome, verdict.reasons]).toEqual(['pass', []]);
    expect(verdict.open).toBe(true);
    expect(view.phase).toBe('succeeded');
    expect(verdict.judge).toMatchObject({ modelAsked: 'judge-1', calibration: 'uncalibrated' });
  });
});
