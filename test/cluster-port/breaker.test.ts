import { expect, test } from 'vitest';
import { SluiceError } from '../../src/api/errors.ts';
import { Breaker } from '../../src/cluster/kubernetes/breaker.ts';
import { ManualClock } from './manual-clock.ts';

const away = new SluiceError('environment', 'ClusterUnreachable', 'prod is away');
const broken = new SluiceError('transient', 'ConnectionLost', 'a wire broke');

function open(): { readonly breaker: Breaker; readonly clock: ManualClock; readonly mayPass: () => boolean } {
  const clock = new ManualClock();
  const breaker = new Breaker(clock.now);
  const mayPass = (): boolean => {
    try {
      breaker.pass();
      return true;
    } catch (error) {
      expect(error).toMatchObject({ code: 'ClusterUnreachable', message: 'prod is away' });
      return false;
    }
  };
  return { breaker, clock, mayPass };
}

test('pauses grow to half a minute while every try fails, and an answer ends them', () => {
  const { breaker, clock, mayPass } = open();
  const pauses = [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000];
  breaker.seen(away);
  for (const pauseMs of pauses) {
    clock.advance(pauseMs - 1);
    expect(mayPass()).toBe(false);
    clock.advance(1);
    expect(mayPass()).toBe(true);
    breaker.seen(away);
  }
  clock.advance(30_000);
  expect(mayPass()).toBe(true);
  breaker.seen('answer');
  expect([mayPass(), mayPass()]).toEqual([true, true]);
});

test('one call tries it, the others do not wait for it', () => {
  const { breaker, clock, mayPass } = open();
  breaker.seen(away);
  clock.advance(1000);
  expect([mayPass(), mayPass(), mayPass()]).toEqual([true, false, false]);
});

test('a try that never ends is followed by another', () => {
  const { breaker, clock, mayPass } = open();
  breaker.seen(away);
  clock.advance(1000);
  expect(mayPass()).toBe(true);
  clock.advance(15_000);
  expect(mayPass()).toBe(true);
});

test('calls that were under way count once; a wire that breaks does not count at all', () => {
  const { breaker, clock, mayPass } = open();
  breaker.seen(broken);
  expect(mayPass()).toBe(true);
  for (const _ of [1, 2, 3, 4, 5]) breaker.seen(away);
  clock.advance(1000);
  expect(mayPass()).toBe(true);
  breaker.seen(broken);
  expect(mayPass()).toBe(false);
});
