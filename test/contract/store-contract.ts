import { expect } from 'vitest';
import type { ObjectStore } from '../../src/cluster/memory/object-store.ts';
import { cutNoticeKey } from '../../src/store/log-room.ts';
import type { LogLimits } from '../../src/store/log-room.ts';
import type { DefinitionStore, RunStore } from '../../src/store/port.ts';
import { change, finished, log, newRun, refOf, sources, stepType } from './run-fixtures.ts';
import { Signal } from './signal.ts';

export interface OpenedStore {
  readonly runs: RunStore;
  readonly definitions: DefinitionStore;
  readonly objects: ObjectStore;
  close(): Promise<void>;
}

/** One place where runs are kept; each store opened there stands for a process of its own. */
export interface StorePlace {
  open(logLimits?: LogLimits): Promise<OpenedStore>;
}

/** What every store does. Both the port's words and the two stores are held to these. */
export const storeCases: Readonly<Record<string, (place: StorePlace) => Promise<void>>> = {
  'a created run reads back whole': async (place) => {
    const { runs } = await place.open();
    const workflow = { file: 'flow.yaml', text: 'kind: Workflow', index: 0 };
    const run = newRun('a', {
      sources: { ...sources(), workflow },
      secrets: ['s2', 's1'],
      startedAtMs: 1234.5,
    });
    const created = await runs.create(run);
    expect(created).toEqual({
      id: 'id-a',
      ref: refOf('a'),
      sources: run.sources,
      state: run.state,
      version: 1,
      phase: 'executing',
      finished: false,
      startedAtMs: 1234.5,
      endedAtMs: undefined,
      secrets: ['s1', 's2'],
    });
    expect(await runs.get(refOf('a'))).toEqual(created);
    expect(await (await place.open()).runs.get(refOf('a'))).toEqual(created);
  },

  'what is not there is undefined, false or empty': async (place) => {
    const { runs } = await place.open();
    expect(await runs.get(refOf('none'))).toBeUndefined();
    expect(await runs.delete(refOf('none'))).toBe(false);
    expect(await runs.claim('none')).toBe(false);
    expect(await runs.isLive('none')).toBe(false);
    expect(await runs.logs('none')).toEqual({ records: [], row: 0 });
    expect(await runs.commands('none', 0)).toEqual([]);
    await runs.release('none');
  },

  'names are apart by namespace': async (place) => {
    const { runs } = await place.open();
    await runs.create(newRun('a'));
    await runs.create(newRun('a', { id: 'other', ref: { namespace: 'prod', name: 'a' } }));
    expect((await runs.get(refOf('a')))?.id).toBe('id-a');
    expect((await runs.get({ namespace: 'prod', name: 'a' }))?.id).toBe('other');
  },

  'an unfinished run of the same name is refused and stays': async (place) => {
    const { runs } = await place.open();
    await runs.create(newRun('a', { logs: [log('s', '1')] }));
    const second = runs.create(newRun('a', { id: 'second', logs: [log('s', '2')] }));
    await expect(second).rejects.toMatchObject({ kind: 'invalid', code: 'RunExists' });
    expect((await runs.get(refOf('a')))?.id).toBe('id-a');
    expect((await runs.logs('id-a')).records).toHaveLength(1);
    expect((await runs.logs('second')).records).toEqual([]);
  },

  'a finished run of the same name is replaced with its logs, commands and secrets': async (place) => {
    const { runs } = await place.open();
    await runs.create(newRun('a', { logs: [log('s', '1')], secrets: ['old'] }));
    await runs.command('id-a', { kind: 'suspend' });
    await runs.save('id-a', 1, change(finished));
    const second = await runs.create(
      newRun('a', { id: 'second', logs: [log('s', '1', 'new')], secrets: ['new'] }),
    );
    expect(second).toMatchObject({ id: 'second', version: 1, finished: false, secrets: ['new'] });
    expect(await runs.list()).toHaveLength(1);
    expect((await runs.logs('id-a')).records).toEqual([]);
    expect((await runs.logs('second')).records).toEqual([log('s', '1', 'new')]);
    expect(await runs.commands('id-a', 0)).toEqual([]);
    await expect(runs.save('id-a', 2, change())).rejects.toMatchObject({ code: 'StaleState' });
  },

  'a save counts the version up and stores the change': async (place) => {
    const { runs } = await place.open();
    await runs.create(newRun('a'));
    expect(await runs.save('id-a', 1, change({ state: '{"n":2}', progress: { done: 1, total: 3 } }))).toBe(2);
    expect(await runs.save('id-a', 2, change({ state: '{"n":3}', ...finished }))).toBe(3);
    expect(await runs.get(refOf('a'))).toMatchObject({
      state: '{"n":3}',
      version: 3,
      phase: 'succeeded',
      finished: true,
      endedAtMs: 5000,
      sources: sources(),
    });
  },

  'a save from another version is a bug and leaves nothing': async (place) => {
    const { runs } = await place.open();
    await runs.create(newRun('a'));
    await runs.save('id-a', 1, change({ state: '{"n":2}' }));
    const stale = runs.save('id-a', 1, change({ state: '{"n":9}', logs: [log('s', '1')], secrets: ['x'] }));
    await expect(stale).rejects.toMatchObject({ kind: 'bug', code: 'StaleState' });
    expect(await runs.get(refOf('a'))).toMatchObject({ state: '{"n":2}', version: 2, secrets: [] });
    expect((await runs.logs('id-a')).records).toEqual([]);
  },

  'a save or create that fails half way leaves nothing, and those beside it go through': async (place) => {
    const { runs } = await place.open();
    await Promise.all([runs.create(newRun('a', finished)), runs.create(newRun('b'))]);
    const bad = [log('s', '1'), { ...log('s', '2'), text: undefined as never }];
    const results = await Promise.allSettled([
      runs.save('id-b', 1, change({ state: '{"n":9}', secrets: ['x'], logs: bad })),
      runs.create(newRun('a', { id: 'second', logs: bad })),
      runs.save('id-b', 1, change({ state: '{"n":2}' })),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    expect(await runs.get(refOf('b'))).toMatchObject({ state: '{"n":2}', version: 2, secrets: [] });
    expect((await runs.logs('id-b')).records).toEqual([]);
    expect(await runs.get(refOf('a'))).toMatchObject({ id: 'id-a' });
  },

  'saves asked for at once: each is done or refused on its own': async (place) => {
    const { runs } = await place.open();
    await Promise.all([runs.create(newRun('a')), runs.create(newRun('b'))]);
    const results = await Promise.allSettled([
      runs.save('id-a', 1, change({ state: '{"first":1}', logs: [log('s', '1')] })),
      runs.save('id-a', 1, change({ state: '{"second":1}', logs: [log('s', '2')] })),
      runs.save('id-b', 1, change({ state: '{"b":1}' })),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await runs.get(refOf('a'))).toMatchObject({ state: '{"first":1}', version: 2 });
    expect(await runs.get(refOf('b'))).toMatchObject({ state: '{"b":1}', version: 2 });
    expect((await runs.logs('id-a')).records).toEqual([log('s', '1')]);
  },

  'secrets only ever accumulate': async (place) => {
    const { runs } = await place.open();
    await runs.create(newRun('a', { secrets: ['b'] }));
    await runs.save('id-a', 1, change({ secrets: ['a', 'b'] }));
    await runs.save('id-a', 2, change({ secrets: [] }));
    expect((await runs.get(refOf('a')))?.secrets).toEqual(['a', 'b']);
  },

  'a list has the newest start first and carries progress': async (place) => {
    const { runs } = await place.open();
    await runs.create(newRun('old', { startedAtMs: 10 }));
    await runs.create(newRun('new', { startedAtMs: 30 }));
    await runs.create(newRun('mid', { startedAtMs: 20 }));
    await runs.create(newRun('mid2', { startedAtMs: 20 }));
    await runs.save('id-mid', 1, change({ progress: { done: 2, total: 3 } }));
    const listed = await runs.list();
    expect(listed.map(({ ref }) => ref.name)).toEqual(['new', 'mid2', 'mid', 'old']);
    expect(listed[2]).toEqual({
      id: 'id-mid',
      ref: refOf('mid'),
      version: 2,
      phase: 'executing',
      finished: false,
      startedAtMs: 20,
      endedAtMs: undefined,
      progress: { done: 2, total: 3 },
    });
  },

  'a log record is kept once, by run, step and key': async (place) => {
    const { runs } = await place.open();
    await runs.create(newRun('a', { logs: [log('s', '1')] }));
    await runs.create(newRun('b'));
    await runs.save('id-a', 1, change({ logs: [log('s', '1', 'again'), log('s', '2'), log('t', '1')] }));
    await runs.save('id-b', 1, change({ logs: [log('s', '1')] }));
    const { records } = await runs.logs('id-a');
    expect(records).toEqual([log('s', '1'), log('s', '2'), log('t', '1')]);
    expect((await runs.logs('id-b')).records).toEqual([log('s', '1')]);
  },

  'logs of one save are in the order of time, and a cursor goes on where it stopped': async (place) => {
    const { runs } = await place.open();
    await runs.create(newRun('a', { logs: [log('s', '2', 'later', 20), log('t', '1', 'sooner', 10)] }));
    await runs.create(newRun('b', { logs: [log('s', '1')] }));
    const first = await runs.logs('id-a');
    expect(first.records.map(({ text }) => text)).toEqual(['sooner', 'later']);
    expect(await runs.logs('id-a', first.row)).toEqual({ records: [], row: first.row });
    await runs.save('id-a', 1, change({ logs: [log('s', '3', 'last', 30)] }));
    const second = await runs.logs('id-a', first.row);
    expect(second.records.map(({ text }) => text)).toEqual(['last']);
    expect(await runs.logs('id-a', second.row)).toEqual({ records: [], row: second.row });
  },

  'the log of a step is cut with a notice, whole characters kept': async (place) => {
    const { runs } = await place.open({ stepBytes: 200, runBytes: 10_000 });
    await runs.create(newRun('a', { logs: [log('s', '1', 'x'.repeat(20))] }));
    await runs.save('id-a', 1, change({ logs: [log('s', '2', '☃'.repeat(100)), log('s', '3')] }));
    await runs.save(
      'id-a',
      2,
      change({ logs: [log('s', '2', '☃'.repeat(100)), log('s', '4'), log('t', '1')] }),
    );
    const { records } = await runs.logs('id-a');
    expect(records.map(({ step, key }) => `${step} ${key}`)).toEqual([
      's 1',
      's 2',
      `s ${cutNoticeKey}`,
      't 1',
    ]);
    // 200 - (20 + 64) - 64 = 52 bytes, and a snowman takes three.
    expect(records[1]?.text).toBe('☃'.repeat(17));
    expect(records[2]).toMatchObject({ kind: 'notice', text: expect.stringContaining('this step') });
  },

  'the log of a run is cut with one notice for each step': async (place) => {
    const { runs } = await place.open({ stepBytes: 400, runBytes: 500 });
    await runs.create(newRun('a', { logs: ['1', '2', '3'].map((key) => log('s', key, 'x'.repeat(60))) }));
    const more = ['1', '2', '3'].map((key) => log('t', key, 'y'.repeat(60)));
    await runs.save('id-a', 1, change({ logs: more }));
    await runs.save('id-a', 2, change({ logs: [...more, log('u', '1', 'z'.repeat(60))] }));
    const { records } = await runs.logs('id-a');
    expect(records.map(({ step, key }) => `${step}${key}`)).toEqual([
      's1',
      's2',
      's3',
      't1',
      't~cut',
      'u~cut',
    ]);
    expect(records.at(-1)?.text).toContain('this run');
  },

  'commands keep their order and are read past the last one taken': async (place) => {
    const { runs } = await place.open();
    await runs.create(newRun('a'));
    await runs.create(newRun('b'));
    const other = await place.open();
    await other.runs.command('id-a', { kind: 'suspend', step: 'deploy' });
    await other.runs.command('id-b', { kind: 'terminate' });
    await other.runs.command('id-a', { kind: 'resume' });
    const commands = await runs.commands('id-a', 0);
    const [first, second] = commands.map(({ seq }) => seq) as [number, number];
    expect(commands).toEqual([
      { seq: first, kind: 'suspend', step: 'deploy' },
      { seq: second, kind: 'resume' },
    ]);
    expect(first).toBeGreaterThan(0);
    expect(second).toBeGreaterThan(first);
    expect(await runs.commands('id-a', first)).toEqual([{ seq: second, kind: 'resume' }]);
    expect(await runs.commands('id-a', second)).toEqual([]);
  },

  'a command for a run that is gone is refused': async (place) => {
    const { runs } = await place.open();
    await expect(runs.command('none', { kind: 'resume' })).rejects.toMatchObject({
      kind: 'invalid',
      code: 'RunNotFound',
    });
  },

  'whoever creates a run holds it until release': async (place) => {
    const { runs } = await place.open();
    const other = await place.open();
    await runs.create(newRun('a'));
    expect(await runs.isLive('id-a')).toBe(true);
    expect(await other.runs.isLive('id-a')).toBe(true);
    expect(await runs.claim('id-a')).toBe(true);
    expect(await other.runs.claim('id-a')).toBe(false);
    await other.runs.release('id-a');
    expect(await other.runs.claim('id-a')).toBe(false);
    await runs.release('id-a');
    expect(await other.runs.isLive('id-a')).toBe(false);
    expect(await other.runs.claim('id-a')).toBe(true);
    expect(await runs.claim('id-a')).toBe(false);
  },

  'closing gives up every claim': async (place) => {
    const first = await place.open();
    const other = await place.open();
    await first.runs.create(newRun('a'));
    await first.runs.create(newRun('b'));
    await first.close();
    expect(await other.runs.isLive('id-a')).toBe(false);
    expect(await other.runs.claim('id-a')).toBe(true);
    const third = await place.open();
    expect(await third.runs.claim('id-a')).toBe(false);
    expect(await third.runs.claim('id-b')).toBe(true);
  },

  'of many claims at once exactly one wins': async (place) => {
    const first = await place.open();
    await first.runs.create(newRun('a'));
    await first.close();
    const others = await Promise.all([place.open(), place.open(), place.open()]);
    const won = await Promise.all(others.map(({ runs }) => runs.claim('id-a')));
    expect(won.filter(Boolean)).toHaveLength(1);
  },

  'a live run is not deleted, a released one is, with all it had': async (place) => {
    const { runs } = await place.open();
    const other = await place.open();
    await runs.create(newRun('a', { logs: [log('s', '1')] }));
    await expect(other.runs.delete(refOf('a'))).rejects.toMatchObject({ kind: 'invalid', code: 'RunIsLive' });
    expect(await runs.get(refOf('a'))).toBeDefined();
    await runs.release('id-a');
    expect(await other.runs.delete(refOf('a'))).toBe(true);
    expect(await runs.get(refOf('a'))).toBeUndefined();
    expect((await runs.logs('id-a')).records).toEqual([]);
  },

  'a step type pinned by two runs outlives either': async (place) => {
    const { runs } = await place.open();
    const own = { ...stepType, name: 'own', text: 'own text', digest: 'e'.repeat(64) };
    await runs.create(newRun('a', { sources: sources([own, stepType]), ...finished }));
    await runs.create(
      newRun('b', { sources: sources([stepType, { ...own, name: 'alias', file: 'b.yaml' }]) }),
    );
    await runs.release('id-a');
    await runs.delete(refOf('a'));
    expect((await runs.get(refOf('b')))?.sources.stepTypes).toEqual([
      stepType,
      { ...own, name: 'alias', file: 'b.yaml' },
    ]);
  },

  'changes call back, from here and from elsewhere, until the signal aborts': async (place) => {
    const { runs } = await place.open();
    const other = await place.open();
    await runs.create(newRun('a'));
    const stop = new AbortController();
    const seen = new Signal();
    runs.onChange(seen.fire, stop.signal);
    await seen.after(() => runs.save('id-a', 1, change()));
    await seen.after(() => other.runs.command('id-a', { kind: 'resume' }));
    stop.abort();
    seen.count = 0;
    await runs.save('id-a', 2, change());
    expect(seen.count).toBe(0);
    runs.onChange(seen.fire, AbortSignal.abort());
    await runs.save('id-a', 3, change());
    expect(seen.count).toBe(0);
  },

  'packages are put, listed by name and deleted': async (place) => {
    const { packages } = (await place.open()).definitions;
    const source = { origin: 'installed', file: 'a.yaml', text: 'text' } as const;
    expect(await packages.put({ ...source, name: 'b' })).toBe('created');
    expect(await packages.put({ ...source, name: 'a' })).toBe('created');
    expect(await packages.put({ ...source, name: 'b' })).toBe('unchanged');
    expect(await packages.put({ ...source, name: 'b', text: 'new' })).toBe('updated');
    expect(await (await place.open()).definitions.packages.list()).toEqual([
      { ...source, name: 'a' },
      { ...source, name: 'b', text: 'new' },
    ]);
    expect(await packages.delete('a')).toBe(true);
    expect(await packages.delete('a')).toBe(false);
  },

  'definitions are put, listed by name and deleted': async (place) => {
    const { definitions } = await place.open();
    const { digest: _, ...source } = stepType;
    expect(await definitions.list()).toEqual([]);
    expect(await definitions.put({ ...source, name: 'b', origin: 'file', file: 'b.yaml' })).toBe('created');
    expect(await definitions.put({ ...source, name: 'a', format: 'cue' })).toBe('created');
    expect(await definitions.put({ ...source, name: 'b', origin: 'file', file: 'elsewhere.yaml' })).toBe(
      'unchanged',
    );
    expect(await definitions.put({ ...source, name: 'b', file: 'new.yaml', text: 'new' })).toBe('updated');
    expect(await definitions.put({ ...source, name: 'a' })).toBe('updated');
    const listed = await (await place.open()).definitions.list();
    expect(listed).toEqual([
      { ...source, name: 'a', origin: 'installed' },
      { name: 'b', format: 'yaml', origin: 'installed', file: 'new.yaml', text: 'new' },
    ]);
    expect(await definitions.delete('a')).toBe(true);
    expect(await definitions.delete('a')).toBe(false);
    expect((await definitions.list()).map(({ name }) => name)).toEqual(['b']);
  },
};
