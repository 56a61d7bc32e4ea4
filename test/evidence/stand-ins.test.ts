import { describe, expect, test } from 'vitest';
import { StandIns } from '../../src/evidence/stand-ins.ts';

function stood(texts: readonly string[], shortLived: readonly string[] = []): readonly string[] {
  const standIns = new StandIns(texts, shortLived);
  return texts.map((text) => standIns.apply(text));
}

describe('stand-ins', () => {
  test.each([
    ['a Pod of a Deployment', 'Pod prod/web-6d4b75cb6d-8xk2p waits', 'Pod prod/web-pod-1 waits'],
    ['a Job of a CronJob', 'Job backup-29012345 failed', 'Job backup-pod-1 failed'],
    ['a time', 'at 2026-01-02T03:04:05.678Z on it', 'at (time) on it'],
    ['a uid', 'uid 0a1b2c3d-0000-4000-8000-0123456789ab)', 'uid (uid))'],
    ['how often', 'Event BackOff (12x) on Pod a', 'Event BackOff (more than once) on Pod a'],
    ['how long', 'back-off 2m40s restarting', 'back-off restarting'],
    ['restarts', 'container "c", 7 restarts', 'container "c", restarts'],
    ['addresses', 'dial 10.1.2.3:80 and fd00::1', 'dial address-2:80 and address-1'],
    ['what is written so', 'timeout 5s, 0 of 3 replicas, exit code 137', undefined],
    ['a stable name', 'StatefulSet db-0 and web-canary', undefined],
  ])('%s', (_what, text, expected = text) => {
    expect(stood([text])).toEqual([expected]);
  });

  test('of a look with other names and in another order are the same', () => {
    const look = (one: string, two: string, three: string): readonly string[] => [
      `Pod ${one}: out of memory, 10.0.0.${one.length}`,
      `Pod ${two}: no image, unlike ${one}`,
      `Pod ${three}: no node`,
    ];
    const first = look('web-6d4b75cb6d-8xk2p', 'web-6d4b75cb6d-zzzzz', 'agent-x7k2p');
    const second = look('web-6d4b75cb6d-zwwww', 'web-6d4b75cb6d-bbbbb', 'agent-bbbbb').toReversed();
    const expected = stood(first, ['agent-x7k2p']);
    expect(stood(second, ['agent-bbbbb']).toReversed()).toEqual(expected);
    expect(expected[2]).toBe('Pod agent-pod-1: no node');
  });

  test('come back as what they stand for', () => {
    const texts = ['web-6d4b75cb6d-8xk2p and web-6d4b75cb6d-zzzzz at 10.1.2.3', 'agent-x7k2p'];
    const standIns = new StandIns(texts, ['agent-x7k2p']);
    for (const text of texts) expect(standIns.restore(standIns.apply(text))).toBe(text);
    expect(standIns.restore('kubectl logs agent-pod-1')).toBe('kubectl logs agent-x7k2p');
    expect(standIns.restore('agent-pod-12, my-agent-pod-1')).toBe('agent-pod-12, my-agent-pod-1');
  });

  test('are no names that are there already', () => {
    const texts = ['web-6d4b75cb6d-8xk2p is no web-pod-1'];
    expect(stood(texts)).toEqual(['web-pod-2 is no web-pod-1']);
  });

  test('take linear time', () => {
    const texts = ['a'.repeat(300_000), '-b'.repeat(200_000), '1.'.repeat(200_000)];
    expect(stood(texts)).toEqual(texts);
  });
});
