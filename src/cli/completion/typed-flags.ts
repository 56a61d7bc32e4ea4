/** Options among the words of a command line that is still being typed, as far as they say where to look. */
export interface TypedFlags {
  readonly stateDir?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
}

const fields: Readonly<Record<string, keyof TypedFlags>> = {
  '--state-dir': 'stateDir',
  '--kubeconfig': 'kubeconfig',
  '--context': 'context',
  '--namespace': 'namespace',
  '-n': 'namespace',
};

/** `--context prod` and `--context=prod`; the word at the cursor, the last one, counts for nothing. */
export function typedFlags(words: readonly string[]): TypedFlags {
  const typed = words.slice(0, -1);
  const found: Partial<Record<keyof TypedFlags, string>> = {};
  typed.forEach((word, index) => {
    const equals = word.startsWith('--') ? word.indexOf('=') : -1;
    const field = fields[equals < 0 ? word : word.slice(0, equals)];
    // bash hands `--option=value` over as three words.
    const next = typed[index + 1] === '=' ? typed[index + 2] : typed[index + 1];
    const value = equals < 0 ? next : word.slice(equals + 1);
    if (field !== undefined && value !== undefined && value !== '') found[field] = value;
  });
  return found;
}
