import { describe, expect, test } from 'vitest';
import { languageOf, questionOf } from '../../src/offline/question.ts';

test.each([
  ['Rate the object. The max score is 100. Answer with score only.', 'score'],
  ['Give it a score out of 100 for its security.', 'score'],
  ['On a scale of 0 to 100, score this.', 'score'],
  ['请为此对象打分，满分100，只回答分数', 'score'],
  ['Score it out of 10.', 'otherScale'],
  ['Rate this from 1 to 5.', 'otherScale'],
  ['满分 5 分，请评分', 'otherScale'],
  ['Find the security misconfigurations. What are the problems and how to fix them?', 'audit'],
  ['Audit this.', 'audit'],
  ['What is wrong with this object and how to fix it?', 'diagnose'],
  ['Why does it hit the rate limit? Spell out your diagnosis.', 'diagnose'],
  ['诊断这个对象', 'diagnose'],
  ['Write a poem about this.', 'overview'],
  ['', 'overview'],
])('%s', (text, kind) => {
  expect(questionOf(text).kind).toBe(kind);
});

describe('the language', () => {
  test.each([
    ['Answer in  Chinese.', 'zh', 'Chinese'],
    ['answer in 中文', 'zh', '中文'],
    ['请用中文回答', 'zh', ''],
    ['Answer in English.', 'en', 'English'],
    ['Answer in French.', 'en', 'French'],
    ['What is wrong?', 'en', ''],
  ])('%s', (text, language, asked) => {
    expect(languageOf(text)).toEqual({ language, asked });
  });
});
