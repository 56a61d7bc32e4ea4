/** What a worker is started with. */
export interface WorkerSetup {
  /** File URL of the compressed module. */
  readonly module: string;
  /** See call-progress.ts. */
  readonly progress: SharedArrayBuffer;
}

export interface WorkerCall {
  readonly id: number;
  /** JSON of a request. */
  readonly request: string;
}

export type WorkerReply =
  | { readonly kind: 'ready' }
  /** The files of the engine are missing or broken: no worker will start. */
  | { readonly kind: 'unavailable'; readonly message: string }
  | { readonly kind: 'answer'; readonly id: number; readonly response: string; readonly memoryBytes: number }
  /** The instance died over this call: out of memory or stack. */
  | { readonly kind: 'died'; readonly id: number; readonly message: string };
