/** Calls `act` again and again, so long after the call before has ended, until it is stopped. Keeps no process alive. */
export function repeat(pauseMs: () => number, act: () => Promise<void>): { stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const later = (): void => {
    if (isStopped) return;
    timer = setTimeout(() => void act().finally(later), pauseMs());
    timer.unref();
  };
  later();
  return {
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
