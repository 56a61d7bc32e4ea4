/** What a worker is started with. */
export interface WorkerSetup {
  /** See call-progress.ts. */
  readonly progress: SharedArrayBuffer;
}

export type WorkerOrder =
  /** The first: the module, transferred. */
  | { readonly kind: 'module'; readonly bytes: Uint8Array }
  /** `request` is JSON. */
  | { readonly kind: 'call'; readonly id: number; readonly request: string };

export type WorkerReply =
  | { readonly kind: 'ready' }
  /** The module is broken: no worker will start. */
  | { readonly kind: 'unavailable'; readonly message: string }
  | { readonly kind: 'answer'; readonly id: number; readonly response: string; readonly memoryBytes: number }
  /** The instance died over this call: out of memory or stack. */
  | { readonly kind: 'died'; readonly id: number; readonly message: string };
