/** Changes that one object can show between two writes; further ones no longer change its resourceVersion. */
const roomPerRevision = 100_000;

/** Grows with every write of the owner and with every change that time brings. */
export function resourceVersion(revision: number, past: number): string {
  return String(revision * roomPerRevision + Math.min(past, roomPerRevision - 1));
}

/** How many changes time has brought to the object that shows this resourceVersion. */
export function pastChanges(version: string): number {
  return Number(version) % roomPerRevision;
}
