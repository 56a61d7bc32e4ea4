import { expect, test } from 'vitest';
import type { KubeObject } from '../../../src/api/kube-object.ts';
import type { ApiClient } from '../../../src/cluster/kubernetes/api-client.ts';
import { encodeAttachment } from '../../../src/store/cluster/attachment.ts';
import { keptState } from '../../../src/store/cluster/kept-record.ts';
import type { KeptState } from '../../../src/store/cluster/run-record.ts';

const stateText = (nonce: string): string => JSON.stringify({ schema: 1, nonce, steps: {} });
const kept: KeptState = { state: stateText('kept'), secrets: ['hidden value'] };
const client = {
  find: async () => ({ data: { 'state-1': encodeAttachment(JSON.stringify(kept)) } }),
} as unknown as ApiClient;
const stateIn = { kind: 'Secret', name: 'demo-sluice-1', key: 'state-1' };
const runWith = (sluice: object): KubeObject =>
  ({ apiVersion: 'v', kind: 'k', metadata: { name: 'demo' }, status: { sluice } }) as unknown as KubeObject;

test.each([
  ['kept beside the status', { stateIn }, 'kept'],
  ['inline and newer than what is kept', { state: stateText('inline'), stateIn }, 'inline'],
])('a state that is %s', async (_where, sluice, expected) => {
  expect((await keptState(runWith(sluice), client))?.nonce).toBe(expected);
});
