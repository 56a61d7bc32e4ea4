import { expect, test } from 'vitest';
import { parseExternalRef } from '../../src/gate/external-ref.ts';

test.each([
  [
    'v1/Pod/web#Ready',
    { apiVersion: 'v1', kind: 'Pod', namespace: undefined, name: 'web', condition: 'Ready' },
  ],
  [
    'apps/v1/Deployment/shop/web#Available',
    { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web', condition: 'Available' },
  ],
  [
    'review.example.com/v1beta1/Approval/release-1.4#Granted',
    { apiVersion: 'review.example.com/v1beta1', kind: 'Approval', namespace: undefined, name: 'release-1.4' },
  ],
  ['v1/Node/n/extra/more#Ready', undefined],
  ['v1/Pod/web', undefined],
  ['v1/Pod/web#', undefined],
  ['v1/Pod/web#A#B', undefined],
  ['v1/Pod#Ready', undefined],
  ['apps/v1/Deployment#Ready', undefined],
  ['v1/Pod/../web#Ready', undefined],
  ['v1/Pod/we b#Ready', undefined],
  ['', undefined],
])('%s', (text, ref) => {
  const parsed = parseExternalRef(text);
  if (ref === undefined) expect(parsed).toBeUndefined();
  else expect(parsed).toMatchObject(ref);
});
