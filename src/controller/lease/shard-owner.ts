// STAND-IN, to be replaced
export class ShardOwner {
  #cb: (shards: readonly number[]) => void = () => undefined;
  #held = false;
  constructor(_o: unknown) {}
  owns(_uid: string): boolean {
    return this.#held;
  }
  validUntil(_uid: string): number {
    return Infinity;
  }
  onChange(cb: (shards: readonly number[]) => void): void {
    this.#cb = cb;
  }
  async start(_signal: AbortSignal): Promise<void> {
    this.#held = true;
    this.#cb([0]);
  }
  async release(): Promise<void> {
    this.#held = false;
  }
}
