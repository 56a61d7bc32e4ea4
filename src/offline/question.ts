export type Question =
  /** A number out of 100 and nothing else. */
  | { readonly kind: 'score' }
  /** A number on a scale that this engine does not compute. */
  | { readonly kind: 'otherScale' }
  | { readonly kind: 'audit' }
  | { readonly kind: 'diagnose' }
  /** No known question: the diagnosis, then the audit. */
  | { readonly kind: 'overview' };

/** Language of the headings. */
export type Language = 'en' | 'zh';

/**
 * What a prompt asks, from its words without the data. A score wins over an audit, which wins over a diagnosis: prompts
 * for a score mention misconfigurations, and those for an audit ask how to fix them.
 */
export function questionOf(instructions: string): Question {
  const text = instructions.slice(0, 20_000);
  if (scoreWords.test(text)) {
    const scales = scaleWords.flatMap((pattern) =>
      [...text.matchAll(pattern)].map((match) => Number(match[1])),
    );
    return scales.every((scale) => scale === 100) ? { kind: 'score' } : { kind: 'otherScale' };
  }
  if (auditWords.test(text)) return { kind: 'audit' };
  if (diagnoseWords.test(text)) return { kind: 'diagnose' };
  return { kind: 'overview' };
}

export function languageOf(instructions: string): { readonly language: Language; readonly asked: string } {
  const asked =
    /\b(?:answer|reply|respond|write)\s+in\s+(\p{L}{2,30})/iu.exec(instructions.slice(0, 20_000))?.[1] ?? '';
  const isChinese =
    /^(?:chinese|mandarin|中文|简体中文|汉语)$/i.test(asked) || /用(?:简体)?(?:中文|汉语)/.test(instructions);
  return { language: isChinese ? 'zh' : 'en', asked };
}

const scoreWords =
  /\bscor(?:e|es|ing)\b|\b(?:rate|grade) (?:the|this|that|it|my)\b|\brating\b|评分|打分|分数|得分/i;
const scaleWords: readonly RegExp[] = [
  /\bout of (\d{1,9})/gi,
  /\bmax(?:imum)?(?: possible)?(?: score| points)?(?: is| of|:|=)? ?(\d{1,9})/gi,
  /\b[01] ?(?:-|–|to|and|through) ?(\d{1,9})\b/gi,
  /满分\D{0,4}(\d{1,9})/g,
];
const auditWords = /\baudit|misconfigur|\bsecur(?:e|ity)\b|vulnerab|\bharden|best practices?|审计|安全|加固/i;
const diagnoseWords =
  /\bdiagnos|what(?:'s| is) (?:wrong|broken)|\bhow (?:to|can|do) (?:I |we )?fix|root cause|troubleshoot|\bwhy\b|诊断|故障|原因|问题/i;
