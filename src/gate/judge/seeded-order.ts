/** Numbers from 0 up to (not including) 1, the same ones for the same seed. Orders questions; nothing secret hangs on it. */
export function seededNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The items in an order that only the numbers decide. */
export function shuffled<Item>(items: readonly Item[], next: () => number): readonly Item[] {
  return items
    .map((item) => ({ item, place: next() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

/** One of the items; there must be one. */
export function pickOne<Item>(items: readonly [Item, ...Item[]], next: () => number): Item {
  return items[Math.floor(next() * items.length)] ?? items[0];
}
