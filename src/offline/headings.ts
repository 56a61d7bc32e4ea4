import type { Language } from './question.ts';

/** Fixed words of the answers. The findings themselves are in English. */
export interface Headings {
  readonly diagnosisOf: string;
  readonly auditOf: string;
  readonly rootCause: string;
  readonly cause: string;
  readonly evidence: string;
  readonly fix: string;
  readonly commands: string;
  readonly follows: string;
  readonly notChecked: string;
  readonly alsoReliability: string;
  readonly weaknesses: string;
  readonly nothingWrong: string;
  readonly stillMoving: string;
  readonly nothingKnown: string;
  readonly noSecurityFinding: string;
  readonly noObject: string;
  readonly live: string;
  readonly memoryCluster: string;
  readonly cluster: string;
  readonly alone: string;
  readonly languageNote: string;
  readonly signature: string;
}

const english: Headings = {
  diagnosisOf: 'Diagnosis of',
  auditOf: 'Security misconfigurations, most important first:',
  rootCause: 'Root cause',
  cause: 'Cause',
  evidence: 'Evidence',
  fix: 'How to fix it',
  commands: 'Commands',
  follows: 'Follows from it',
  notChecked: 'Not checked',
  alsoReliability: 'Not security, but worth fixing:',
  weaknesses: 'Nothing stops it, but the way it is written has weaknesses (ask for an audit to see all)',
  nothingWrong: 'Nothing is wrong with it now.',
  stillMoving: 'Nothing has failed, but it is not there yet',
  nothingKnown: 'No fault was found, but there is nothing that shows it works either.',
  noSecurityFinding: 'No rule found a security misconfiguration.',
  noObject: 'There is no Kubernetes object in the prompt, so there is nothing to judge.',
  live: 'live state',
  memoryCluster: 'in-memory cluster',
  cluster: 'cluster',
  alone: 'judged by its text alone',
  languageNote: '',
  signature:
    "Answered by Sluice's offline engine: fixed rules over the object and its live state, no language model.",
};

const chinese: Headings = {
  diagnosisOf: '诊断对象',
  auditOf: '安全配置问题（按重要性排序）：',
  rootCause: '根本原因',
  cause: '原因',
  evidence: '证据',
  fix: '修复方法',
  commands: '命令',
  follows: '由此导致',
  notChecked: '未能检查',
  alsoReliability: '与安全无关但值得修复：',
  weaknesses: '目前不影响运行，但配置存在弱点（可请求审计查看全部）',
  nothingWrong: '目前没有发现问题。',
  stillMoving: '没有失败，但尚未完成',
  nothingKnown: '没有发现故障，但也没有任何信息表明它在正常工作。',
  noSecurityFinding: '没有规则发现安全配置问题。',
  noObject: '提示中没有 Kubernetes 对象，无法判断。',
  live: '实时状态',
  memoryCluster: '内存集群',
  cluster: '集群',
  alone: '仅根据对象文本判断',
  languageNote: '（离线引擎的规则文本只有英文，因此以下结论为英文。）',
  signature: '由 Sluice 离线引擎回答：基于对象及其实时状态的固定规则，未使用语言模型。',
};

export function headingsOf(language: Language, asked: string): Headings {
  if (language === 'zh') return chinese;
  if (asked === '' || /^english$/i.test(asked)) return english;
  return {
    ...english,
    languageNote: `(The offline engine has no ${asked.slice(0, 30)}; it answers in English.)`,
  };
}
