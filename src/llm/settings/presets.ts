/** What is known of a kind of server before anyone has set it up. */
export interface ServerPreset {
  readonly kind: 'openai' | 'azure';
  /** Undefined: every installation has an address of its own. */
  readonly url?: string;
  /** Whether such a server usually wants one. */
  readonly wantsKey: boolean;
}

/** By the name that a server is usually given. */
export const serverPresets: ReadonlyMap<string, ServerPreset> = new Map<string, ServerPreset>([
  ['openai', { kind: 'openai', url: 'https://api.openai.com/v1', wantsKey: true }],
  ['azure', { kind: 'azure', wantsKey: true }],
  ['ollama', { kind: 'openai', url: 'http://127.0.0.1:11434/v1', wantsKey: false }],
  ['localai', { kind: 'openai', url: 'http://127.0.0.1:8080/v1', wantsKey: false }],
  ['vllm', { kind: 'openai', url: 'http://127.0.0.1:8000/v1', wantsKey: false }],
  ['litellm', { kind: 'openai', url: 'http://127.0.0.1:4000/v1', wantsKey: true }],
]);
