import { expect, test } from 'vitest';
import { SecretMask } from '../../src/api/secret-mask.ts';
import { viewOf } from '../../src/engine/view.ts';
import { maskView, runObject, stateText } from '../../src/runner/execution.ts';
import { plan, step, World } from '../engine/world.ts';

test('reasons of a verdict that quote a secret are masked wherever they are shown or kept', () => {
  const secret = 'correct horse battery';
  const reasons = [`the log says: password=${secret}`];
  const planned = plan([step('g', { isGate: true })]);
  const world = new World(planned, {
    g: { acts: [{ op: 'judge', validMs: 1000, open: false, outcome: 'fail', reasons }, { op: 'fail' }] },
  });
  world.run();
  const mask = new SecretMask();
  mask.add(secret);
  const view = maskView(viewOf(planned, world.state), mask);
  expect(view.steps[0]?.notes?.verdict?.reasons).toEqual(['the log says: password=***']);
  const shown = [view, stateText(world.state, mask), runObject(planned, {}, world.state, mask)];
  expect(JSON.stringify(shown)).not.toContain(secret);
});
