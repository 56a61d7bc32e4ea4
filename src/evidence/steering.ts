import type { EvidenceItem } from './item.ts';
import { quoteText } from '../analyze/quote-text.ts';

/** Text that tries to steer who judges it. Reported; a gate may only become stricter by it. */
export interface Steering {
  readonly evidenceRef: string;
  readonly pattern: string;
  /** UTF-16 units from the start of the item's text. */
  readonly offset: number;
  /** As data, on one line. */
  readonly quote: string;
}

/** Each takes linear time: nothing unbounded stands before what decides. */
const patterns: readonly { readonly id: string; readonly regExp: RegExp }[] = [
  {
    id: 'ChatTemplate',
    regExp:
      /<[|｜]|[|｜]>|\[\/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS)\]|<<\/?SYS>>|<\/?(?:system|assistant|user|instructions?|think(?:ing)?|s)>|<\/?start_of_turn>|\u2581of\u2581/gi,
  },
  {
    id: 'FakeTurn',
    regExp:
      /(?:^|\n|\\n)[ \t|>#*-]{0,8}(?:system|assistant|developer|human|user)(?: (?:message|prompt|note))?\*{0,2}[ \t]{0,3}:(?=\s|\*)/gi,
  },
  {
    id: 'IgnoreInstructions',
    regExp:
      /\b(?:ignore|disregard|forget|override|bypass)\s{1,4}(?:(?:all|any|every|the|your|of|these|those|my|our)\s{1,4}){0,4}(?:previous|prior|above|earlier|preceding|existing|system|other)?\s{0,4}(?:instructions?|prompts?|rules?|polic(?:y|ies)|criteria|guidelines)\b/gi,
  },
  {
    id: 'NewRole',
    regExp:
      /\b(?:you are now|act as|pretend (?:to be|that)|from now on,? you|your new (?:task|role|instructions?)|new (?:system )?(?:instructions?|prompt)\s?:)/gi,
  },
  {
    id: 'DemandsVerdict',
    regExp:
      /\b(?:respond|reply|answer|output|return|print|say)\s{1,4}(?:only\s{1,4}|just\s{1,4}|exactly\s{1,4}|with\s{1,4}){0,3}["'`{]?\s?(?:pass(?:ed)?|yes|approved?|true|ok|safe|100)\b|\b(?:mark|rate|score|judge|grade|consider|treat)\s{1,4}(?:this|it|the\s{1,2}\w{1,20})\s{1,4}(?:as\s{1,4})?(?:pass(?:ed|ing)?|approved|safe|compliant|100|correct)\b/gi,
  },
  {
    id: 'ForgedVerdict',
    regExp:
      /\\{0,8}["'](?:pass|verdict|approved|score|confidence|nonce|answers)\\{0,8}["']\s{0,4}:\s{0,4}(?:true|\\{0,8}["'](?:pass|yes|true|approved)|100|\[)/gi,
  },
  {
    id: 'AddressesModel',
    regExp:
      /\b(?:note|message|attention|instructions?|hint)\s{1,4}(?:to|for)\s{1,4}(?:the\s{1,4})?(?:ai|llm|model|judge|assistant|reviewer|evaluator|grader|chatgpt|gpt|claude|copilot)\b|\bas an? (?:ai|language model)\b/gi,
  },
  {
    id: 'ClaimsAuthority',
    regExp:
      /\b(?:already|has been|was)\s{1,4}(?:been\s{1,4})?(?:reviewed|approved|verified|audited|signed off)\s{1,4}by\s{1,4}(?:the\s{1,4})?(?:security|admin|platform|sre|cto|ciso|compliance|vendor|openai|anthropic)/gi,
  },
  {
    id: 'ProbesPrompt',
    regExp:
      /\b(?:repeat|reveal|print|show|output|leak)\s{1,4}(?:me\s{1,4})?(?:the|your|all|any)\s{1,4}(?:\w{1,20}\s{1,4}){0,2}(?:prompt|instructions|nonce)\b/gi,
  },
  {
    id: 'FenceImitation',
    regExp: /\b(?:BEGIN|END) EVIDENCE\b|-{3,}\s?(?:BEGIN|END) (?:PROMPT|INSTRUCTIONS?|SYSTEM|CONTEXT)/gi,
  },
  {
    id: 'Filler',
    regExp:
      /(?:^|\n)[ \t]{0,8}(?::|thought process\s?:|let'?s think step by step\.?|solution\s?:)[ \t]{0,8}(?=\n|$)/gi,
  },
  { id: 'DirectionMarks', regExp: /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g },
  {
    id: 'InvisibleCharacters',
    regExp:
      /(?![\ufe00-\ufe0f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069])\p{Default_Ignorable_Code_Point}/gu,
  },
  // Colours of a log are no attack.
  {
    id: 'ControlCharacters',
    regExp: /(?![\t\n\r])\p{Cc}(?!\[[0-9;]{0,12}m)/gu,
  },
];

/** Of one pattern in one item, the first; the count would say nothing more. */
export function findSteering(items: readonly EvidenceItem[]): readonly Steering[] {
  return items.flatMap(({ ref, text }) => {
    const spelled = text.includes('\\') ? withoutEscapes(text) : text;
    return patterns.flatMap(({ id, regExp }) => {
      const escaped = text.search(regExp);
      const inText = escaped < 0 && spelled !== text ? spelled.search(regExp) : escaped;
      // Whoever names an object or a file has a say, too: the name counts as standing before the text.
      const offset = inText < 0 && ref.search(regExp) >= 0 ? 0 : inText;
      if (offset < 0) return [];
      return [
        {
          evidenceRef: ref,
          pattern: id,
          offset,
          quote: quoteText(text.slice(offset, offset + 200).toWellFormed(), 120),
        },
      ];
    });
  });
}

const escapes = /\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(["'\\/])|[nrtbfe0])/g;

/** What a JSON string says, as long as it was, so that offsets stay: a sign stands where its escape ended. */
function withoutEscapes(text: string): string {
  return text.replace(escapes, (found, wide?: string, narrow?: string, plain?: string) => {
    const code = wide ?? narrow;
    const sign = code === undefined ? (plain ?? '\n') : String.fromCharCode(Number.parseInt(code, 16));
    return sign.padStart(found.length, ' ');
  });
}
