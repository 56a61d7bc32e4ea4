import { expect } from 'vitest';
import type { RunLine, RunStore } from '../../src/store/port.ts';
import { change, newRun } from './run-fixtures.ts';
import type { StorePlace } from './store-contract.ts';

const namesOf = (line: RunLine): readonly string[] => line.map(({ ref }) => ref.name);

/** A store for each name, as if each run had a process of its own, in the order in which they ask first. */
async function openEach(place: StorePlace, ...names: readonly string[]) {
  const stores = await Promise.all(names.map(() => place.open()));
  const byName = new Map<string, RunStore>();
  for (const [at, name] of names.entries()) {
    const { runs } = stores[at] ?? expect.fail();
    await runs.create(newRun(name, { phase: 'initializing' }));
    byName.set(name, runs);
  }
  const enter = async (name: string): Promise<readonly string[]> =>
    namesOf((await byName.get(name)?.enterGroup(`id-${name}`, 'prod')) ?? expect.fail());
  const die = async (name: string): Promise<void> => stores[names.indexOf(name)]?.close();
  return { enter, die, runs: (name: string): RunStore => byName.get(name) ?? expect.fail() };
}

/** What every store does for concurrency groups. */
export const groupCases: Readonly<Record<string, (place: StorePlace) => Promise<void>>> = {
  'one run is let in, the others wait in the order in which they asked': async (place) => {
    const { enter, runs } = await openEach(place, 'a', 'b', 'c');
    expect([await enter('a'), await enter('b'), await enter('c')]).toEqual([[], ['a'], ['a', 'b']]);
    // Asking again changes nothing.
    expect([await enter('a'), await enter('c')]).toEqual([[], ['a', 'b']]);
    await runs('a').save('id-a', 1, change({ phase: 'succeeded', finished: true }));
    await runs('a').release('id-a');
    expect([await enter('c'), await enter('b'), await enter('c')]).toEqual([['b'], [], ['b']]);
  },

  'of runs that ask at the same time one is let in': async (place) => {
    const names = ['a', 'b', 'c', 'd'];
    const { enter } = await openEach(place, ...names);
    const lines = await Promise.all(names.map(enter));
    expect(lines.filter((line) => line.length === 0)).toHaveLength(1);
  },

  'groups of other names and namespaces do not meet': async (place) => {
    const { runs } = await place.open();
    await runs.create(newRun('a'));
    await runs.create(newRun('b'));
    await runs.create(newRun('c', { ref: { namespace: 'other', name: 'c' } }));
    expect(await runs.enterGroup('id-a', 'prod')).toEqual([]);
    expect(await runs.enterGroup('id-b', 'test')).toEqual([]);
    expect(await runs.enterGroup('id-c', 'prod')).toEqual([]);
  },

  'a run whose process died is before nobody, and asks anew when it is taken up': async (place) => {
    const { enter, die, runs } = await openEach(place, 'a', 'b', 'c');
    await enter('a');
    await runs('a').save('id-a', 1, change({ phase: 'executing' }));
    expect(await enter('b')).toEqual(['a']);
    await die('a');
    expect(await enter('b')).toEqual([]);
    expect(await runs('c').claim('id-a')).toBe(true);
    expect(namesOf(await runs('c').enterGroup('id-a', 'prod'))).toEqual(['b']);
    // It asked first, so it is next.
    await runs('b').release('id-b');
    expect(await enter('c')).toEqual(['a']);
    expect(await runs('c').enterGroup('id-a', 'prod')).toEqual([]);
  },

  'a run that waits for a person keeps its place without a process': async (place) => {
    const { enter, die, runs } = await openEach(place, 'a', 'b');
    await enter('a');
    await runs('a').save('id-a', 1, change({ phase: 'suspending' }));
    await die('a');
    expect(await enter('b')).toEqual(['a']);
    expect(await runs('b').claim('id-a')).toBe(true);
    expect(await runs('b').enterGroup('id-a', 'prod')).toEqual([]);
  },

  'of two that died at work one goes on at a time': async (place) => {
    const { enter, die, runs } = await openEach(place, 'a', 'b', 'c');
    await enter('a');
    await die('a');
    await enter('b');
    await die('b');
    const both = [await runs('c').claim('id-a'), await runs('c').claim('id-b')];
    expect(both).toEqual([true, true]);
    expect(namesOf(await runs('c').enterGroup('id-a', 'prod'))).toEqual(['b']);
    expect(namesOf(await runs('c').enterGroup('id-b', 'prod'))).toEqual(['a']);
    expect(await runs('c').enterGroup('id-a', 'prod')).toEqual([]);
  },

  'a deleted run leaves its group': async (place) => {
    const { enter, runs } = await openEach(place, 'a', 'b');
    await enter('a');
    await runs('a').release('id-a');
    await runs('a').delete({ namespace: 'default', name: 'a' });
    expect(await enter('b')).toEqual([]);
  },
};
