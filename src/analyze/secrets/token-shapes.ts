/**
 * Credentials that show what they are. Each pattern either matches within a bounded length or takes all that it looked at,
 * so that a search takes linear time on any text.
 */
const shapes: readonly string[] = [
  // GitHub, GitLab
  'gh[pousr]_[A-Za-z0-9]{20,}',
  'github_pat_[A-Za-z0-9_]{20,}',
  'gl(?:pat|dt|rt|ft|soat|ptt|cbt|oas|agent|imt)-[A-Za-z0-9_-]{16,}(?:\\.[A-Za-z0-9_.-]{2,60})?',
  // Slack
  'xox[a-z](?:\\.xox[a-z])?-[A-Za-z0-9-]{10,}',
  'xapp-[A-Za-z0-9-]{10,}',
  // Model providers
  'sk-[A-Za-z0-9_-]{16,}',
  'gsk_[A-Za-z0-9]{20,}',
  'hf_[A-Za-z0-9]{20,}',
  'pplx-[A-Za-z0-9]{20,}',
  'r8_[A-Za-z0-9]{20,}',
  // Cloud providers
  '(?:AKIA|ASIA|ABIA|ACCA|AROA|AIDA)[A-Z0-9]{16}',
  'AIza[A-Za-z0-9_-]{35}',
  'ya29\\.[A-Za-z0-9_-]{20,}',
  'GOCSPX-[A-Za-z0-9_-]{20,}',
  'do[opr]_v1_[A-Za-z0-9]{32,}',
  'LTAI[A-Za-z0-9]{12,}',
  // Payments, mail, packages, tools
  '[srp]k_(?:live|test)_[A-Za-z0-9]{10,}',
  'whsec_[A-Za-z0-9+/=]{16,}',
  'SG\\.[A-Za-z0-9_-]{16,}\\.[A-Za-z0-9_-]{16,}',
  'npm_[A-Za-z0-9]{30,}',
  'pypi-[A-Za-z0-9_-]{30,}',
  'dckr_(?:pat|oat)_[A-Za-z0-9_-]{16,}',
  'hv[sbr]\\.[A-Za-z0-9_-]{16,}',
  'shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{20,}',
  'ATATT[A-Za-z0-9_=-]{20,}',
  'ATCTT[A-Za-z0-9_=-]{20,}',
  'lin_api_[A-Za-z0-9]{20,}',
  'glsa_[A-Za-z0-9_]{20,}',
  'sntr[yu]s_[A-Za-z0-9_=+/-]{20,}',
  'NRAK-[A-Z0-9]{20,}',
  'phc_[A-Za-z0-9]{20,}',
  'AGE-SECRET-KEY-1[A-Z0-9]{20,}',
  // JSON Web Tokens, also cut ones; a label is tried once, from its start
  '(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{10,}(?:\\.[A-Za-z0-9_-]*){0,4}',
];

const anyShape = new RegExp(`(?:${shapes.join('|')})`, 'g');

/** How the shapes begin. Most words have none of these in them, and need no closer look. */
const beginnings =
  'ghp gho ghu ghs ghr git glp gld glr glf gls glo glc gla gli xox xap sk- gsk hf_ ppl r8_ AKI ASI ABI ACC ARO AID AIz ya2 GOC ' +
  'dop doo dor LTA sk_ rk_ pk_ whs SG. npm pyp dck hvs hvb hvr shp ATA ATC lin snt NRA phc AGE eyJ';

const begins: Uint8Array = new Uint8Array(65_536);
for (const beginning of beginnings.split(' ')) begins[hashAt(beginning, 0)] = 1;

function hashAt(text: string, index: number): number {
  return (
    ((text.charCodeAt(index) << 9) ^ (text.charCodeAt(index + 1) << 5) ^ text.charCodeAt(index + 2)) & 0xffff
  );
}

/** Start and end of each credential between two places of a text. */
export function tokenShapesIn(
  text: string,
  from: number,
  to: number,
): readonly (readonly [number, number])[] {
  let at = from;
  while (at < to - 2 && begins[hashAt(text, at)] !== 1) at += 1;
  if (at >= to - 2) return [];
  return [...text.slice(from, to).matchAll(anyShape)].map(
    (match) => [from + match.index, from + match.index + match[0].length] as const,
  );
}

/**
 * Whether a value looks made by a machine: long, of letters and digits mixed as no word or name mixes them. For places
 * that hold settings, where such a value is most likely a credential; digests and versions are told apart.
 */
export function looksRandom(value: string): boolean {
  if (value.length < 10 || value.length > 4096 || /[\s:]/.test(value)) return false;
  if (/^v?\d+(?:[.-]\d+)*(?:[.-][a-z0-9]{1,10})?$/.test(value) || /^[0-9T:.Z+-]+$/.test(value)) return false;
  if (/^[./~]|\.[a-z]{2,6}$/.test(value) || value.includes('/') !== isBase64(value, '/')) return false;
  return value.split(/[-_.]/).some((part) => isMixed(part));
}

function isBase64(value: string, sign: string): boolean {
  return (
    value.includes(sign) && value.length >= 24 && /^[A-Za-z0-9+/]+={0,2}$/.test(value) && /\d/.test(value)
  );
}

function isMixed(part: string): boolean {
  if (part.length < 8) return false;
  const changes = part.match(/[a-zA-Z](?=\d)|\d(?=[a-zA-Z])|[a-z](?=[A-Z]{2})|[A-Z](?=\d)/g)?.length ?? 0;
  return changes >= 2 || (part.length >= 16 && /\d/.test(part) && /[A-Za-z]/.test(part));
}
