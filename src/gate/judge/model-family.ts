/** Beginnings of model ids, and who made what they are a name of. The longer ones stand before the shorter. */
const prefixes: readonly (readonly [string, string])[] = [
  ['chatgpt', 'gpt'],
  ['gpt', 'gpt'],
  ['codex', 'gpt'],
  ['claude', 'claude'],
  ['gemini', 'gemini'],
  ['gemma', 'gemini'],
  ['meta-llama', 'llama'],
  ['codellama', 'llama'],
  ['llama', 'llama'],
  ['mistral', 'mistral'],
  ['mixtral', 'mistral'],
  ['ministral', 'mistral'],
  ['magistral', 'mistral'],
  ['codestral', 'mistral'],
  ['devstral', 'mistral'],
  ['pixtral', 'mistral'],
  ['qwen', 'qwen'],
  ['qwq', 'qwen'],
  ['deepseek', 'deepseek'],
  ['grok', 'grok'],
  ['command', 'command'],
  ['phi', 'phi'],
  ['nova', 'nova'],
  ['glm', 'glm'],
  ['kimi', 'kimi'],
  ['granite', 'granite'],
  ['sluice-offline', 'rules'],
];

/**
 * The family of a model by its id, such as `gpt` for `openai/gpt-4o-2024-08-06` and `o3-mini`, or by the family's own name;
 * undefined for a name that says nothing, such as an alias of a proxy.
 */
export function familyOf(model: string): string | undefined {
  const name = model.trim().toLowerCase().split('/').at(-1) ?? '';
  // Clouds put regions and vendors before it: us.anthropic.claude-…
  const bare = name.replace(
    /^(?:[a-z]{2,6}\.)?(?:anthropic|meta|mistral|amazon|cohere|openai|deepseek|qwen)\./,
    '',
  );
  if (/^o\d(?:$|[-.:])/.test(bare)) return 'gpt';
  return prefixes.find(([prefix]) => bare.startsWith(prefix))?.[1];
}

/** Why a model may not judge what these authors, models or families, have written; undefined where it may. */
export function kinshipFault(model: string, authors: readonly string[]): string | undefined {
  if (authors.length === 0) return undefined;
  const family = familyOf(model);
  if (family === undefined)
    return `the family of ${model} is not known, so nobody can say that it is not that of ${authors.join(', ')}`;
  const same = authors.find((author) => (familyOf(author) ?? author.trim().toLowerCase()) === family);
  return same === undefined
    ? undefined
    : `${model} is of the family ${family}, which may not judge here (${same}): models favour what their own kind has written`;
}

/** Whether a model answers under the name that was asked: the same id, or that id with a date behind it. */
export function isAliasOf(answered: string, asked: string): boolean {
  if (!answered.startsWith(asked)) return false;
  return /^(?:[-@:]\d{4}-?\d{2}-?\d{2})?$/.test(answered.slice(asked.length));
}
