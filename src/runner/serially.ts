/** Runs `work` for each call, one at a time: calls made meanwhile come to one more. `work` must not reject. */
export function serially(work: () => Promise<void>): () => void {
  let state: 'idle' | 'working' | 'again' = 'idle';
  const wasAsked = (): boolean => state === 'again';
  const run = async (): Promise<void> => {
    do {
      state = 'working';
      await work();
    } while (wasAsked());
    state = 'idle';
  };
  return () => {
    if (state === 'idle') void run();
    else state = 'again';
  };
}
