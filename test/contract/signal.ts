/** A callback that can be waited for. */
export class Signal {
  count = 0;
  #wake: () => void = () => {};

  readonly fire = (): void => {
    this.count += 1;
    this.#wake();
  };

  /** Does `cause` and waits for the next call. */
  async after(cause: () => unknown): Promise<void> {
    const fired = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    await cause();
    await fired;
  }
}
