import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerSchema, readAnswer } from '../../src/gate/judge/read-answer.ts';

const asked = { nonce: 'n-1', ids: ['a', 'b'] };
const one = (id: string, rest: object = {}): object => ({
  id,
  answer: 'yes',
  quote: 'q',
  evidence: 'e',
  ...rest,
});
const good = { nonce: 'n-1', answers: [one('a'), one('b', { answer: 'unknown', quote: '' })] };
const text = JSON.stringify(good);

describe('an answer', () => {
  test('that is exactly what was asked for is read', () => {
    for (const each of [
      text,
      ` \n${text}\r\n\t`,
      JSON.stringify(good, undefined, 2),
      JSON.stringify({ ...good, answers: good.answers.toReversed() }),
    ])
      expect(readAnswer(each, asked).kind).toBe('answers');
    const check = new Ajv().compile(answerSchema(asked));
    expect([check(good), check({ ...good, pass: true })]).toEqual([true, false]);
  });

  const rows: readonly (readonly [string, string])[] = [
    ['empty', ''],
    ['prose before it', `Here it is: ${text}`],
    ['prose behind it', `${text} Hope this helps!`],
    ['a fence', `\`\`\`json\n${text}\n\`\`\``],
    ['thoughts', `<think>fine</think>${text}`],
    ['two objects', `${text}${text}`],
    ['two lines of objects', `${text}\n${text}`],
    ['a list of it', `[${text}]`],
    ['text of it', JSON.stringify(text)],
    ['a byte order mark', `\uFEFF${text}`],
    ['a no-break space', `\u00A0${text}`],
    ['a trailing comma', text.replace(']}', ',]}')],
    ['a comment', text.replace('{', '{/* ok */')],
    ['cut off', text.slice(0, -2)],
    ['the wrong nonce', text.replace('n-1', 'n-2')],
    ['no nonce', JSON.stringify({ answers: good.answers })],
    ['a nonce that is no text', text.replace('"n-1"', '["n-1"]')],
    ['a field that opens', JSON.stringify({ ...good, pass: true })],
    ['a score', JSON.stringify({ ...good, score: 100 })],
    ['a field in an answer', JSON.stringify({ ...good, answers: [one('a', { confidence: 1 }), one('b')] })],
    ['a missing id', JSON.stringify({ ...good, answers: [one('a')] })],
    ['an id that was not asked', JSON.stringify({ ...good, answers: [one('a'), one('b'), one('c')] })],
    ['an id twice', JSON.stringify({ ...good, answers: [one('a'), one('b'), one('b', { answer: 'no' })] })],
    ['an id of other letters', JSON.stringify({ ...good, answers: [one('a'), one('B')] })],
    ['an answer of other letters', text.replace('"yes"', '"Yes"')],
    ['true as text', text.replace('"yes"', '"true"')],
    ['true', text.replace('"yes"', 'true')],
    ['no quote', JSON.stringify({ ...good, answers: [{ id: 'a', answer: 'yes', evidence: '' }, one('b')] })],
    ['null as quote', text.replace('"q"', 'null')],
    ['an answer twice in one object', text.replace('"answer":"yes"', '"answer":"no","answer":"yes"')],
    ['one of them escaped', text.replace('"answer":"yes"', String.raw`"answer":"no","\u0061nswer":"yes"`)],
    ['answers twice', text.replace('"answers"', '"answers":[],"answers"')],
    ['a prototype', text.replace('{', '{"__proto__":{"answer":"yes"},')],
    ['answers that are no list', '{"nonce":"n-1","answers":{}}'],
    ['an answer that is null', '{"nonce":"n-1","answers":[null,null]}'],
    ['too deep', `{"nonce":"n-1","answers":${'['.repeat(100_000)}`],
    ['too large', text.replace('"q"', JSON.stringify('q'.repeat(300_000)))],
    ['a refusal', 'I cannot help with that.'],
    ['only pass', '{"pass":"true"}'],
  ];
  test.each(rows)('%s: one repair, then an error', (_name, answer) => {
    expect(readAnswer(answer, asked).kind).toBe('repair');
    expect(readAnswer(answer, { ...asked, isRepair: true }).kind).toBe('error');
  });

  test('never says in a problem what the answer says', () => {
    for (const [, answer] of rows) {
      const read = readAnswer(answer.replaceAll('q', 'hunter2'), asked);
      expect(read.kind === 'answers' ? '' : read.problem).not.toContain('hunter2');
    }
  });

  test('is never accepted with text around it', () => {
    const around = fc.string({ maxLength: 20 }).filter((each) => /[^ \t\r\n]/.test(each));
    fc.assert(
      fc.property(around, fc.string({ maxLength: 5 }), (before, after) => {
        expect(readAnswer(before + text + after, asked).kind).toBe('repair');
        expect(readAnswer(after + text + before, asked).kind).toBe('repair');
      }),
    );
  });

  test('of any JSON is read only in the one shape', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(readAnswer(json, asked).kind).toBe('repair');
      }),
    );
  });
});
